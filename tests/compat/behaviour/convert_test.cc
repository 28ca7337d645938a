#include "producer/compat/convert.h"

#include <cstring>

#include <gtest/gtest.h>

#include "StreamDefinition.h"

namespace kvs::compat {
namespace {

namespace sdk = com::amazonaws::kinesis::video;

TEST(ConvertTest, TimesAreInUnitsOf100Nanoseconds) {
  EXPECT_EQ(ToDuration(15), Duration::Nanos(1500));
  EXPECT_EQ(ToDuration(0), Duration());
  EXPECT_EQ(ToDuration(0, Duration::Seconds(5)), Duration::Seconds(5));
  EXPECT_EQ(ToDuration(MAX_UINT64), kLongestDuration);
  EXPECT_EQ(ToUnits(Duration::Millis(1)), 10'000u);
  EXPECT_EQ(ToUnits(Duration::Millis(-1)), 0u);
  EXPECT_EQ(ToUnits(MediaTime::FromMillis(2)), 20'000u);
}

TEST(ConvertTest, ADefinitionWithDefaultsIsAStreamWithTheSame) {
  sdk::StreamDefinition definition("door", std::chrono::hours(2));
  ClientFacts client;
  client.device_name = "camera";
  client.offline_wait = Duration::Seconds(15);
  const StreamConfig config = ToConfig(definition.getStreamInfo(), client);
  EXPECT_TRUE(Validate(config).ok());
  EXPECT_EQ(config.name, "door");
  EXPECT_EQ(config.device_name, "camera");
  EXPECT_EQ(config.content_type, "video/h264");
  EXPECT_EQ(config.retention, Duration::Hours(2));
  EXPECT_EQ(config.streaming_type, StreamingType::kRealtime);
  EXPECT_TRUE(config.allow_creation);
  EXPECT_FALSE(config.assume_exists);
  EXPECT_TRUE(config.key_frame_fragmentation);
  EXPECT_TRUE(config.absolute_fragment_times);
  EXPECT_TRUE(config.fragment_acks);
  EXPECT_EQ(config.timecode_scale, Duration::Millis(1));
  EXPECT_EQ(config.buffer_duration, Duration::Seconds(120));
  EXPECT_EQ(config.max_latency, Duration());
  EXPECT_EQ(config.connection_staleness, Duration::Seconds(30));
  EXPECT_EQ(config.offline_wait, Duration::Seconds(15));
  EXPECT_EQ(config.idle_timeout, StreamConfig().idle_timeout);
  EXPECT_FALSE(config.keep_oldest);
  EXPECT_FALSE(config.segment_uid.has_value());
}

TEST(ConvertTest, ADeviceWithoutANameHasTheDefaultOne) {
  sdk::StreamDefinition definition("door", std::chrono::hours(2));
  EXPECT_EQ(ToConfig(definition.getStreamInfo(), {}).device_name, StreamConfig().device_name);
}

TEST(ConvertTest, WhatADefinitionSaysIsKept) {
  const std::map<std::string, std::string> tags = {{"floor", "5"}};
  const std::vector<uint8_t> uuid(MKV_SEGMENT_UUID_LEN, 0x5A);
  sdk::StreamDefinition definition("door", std::chrono::hours(24), &tags, "key", STREAMING_TYPE_OFFLINE, "video/h265",
                                   std::chrono::seconds(30), std::chrono::seconds(30), std::chrono::milliseconds(2),
                                   /*key_frame_fragmentation=*/false, true, /*absolute=*/false, true, true, true,
                                   /*allow_creation=*/false, 0, 25, 1, std::chrono::seconds(60), std::chrono::seconds(40),
                                   std::chrono::seconds(0), "V_MPEGH/ISO/HEVC", "track", nullptr, 0,
                                   MKV_TRACK_INFO_TYPE_VIDEO, uuid, 7, CONTENT_STORE_PRESSURE_POLICY_OOM);
  ClientFacts client;
  client.device_name = "camera";
  client.always_continuous = true;
  client.assume_exists = true;
  client.tell_each_loss = true;
  const StreamConfig config = ToConfig(definition.getStreamInfo(), client);
  EXPECT_TRUE(Validate(config).ok());
  EXPECT_EQ(config.streaming_type, StreamingType::kOffline);
  EXPECT_EQ(config.tags.size(), 1u);
  EXPECT_EQ(config.kms_key_id, "key");
  EXPECT_EQ(config.fragment_duration, Duration::Seconds(10));  // as long as the service takes
  EXPECT_EQ(config.max_latency, Duration::Seconds(30));
  EXPECT_EQ(config.timecode_scale, Duration::Millis(2));
  EXPECT_FALSE(config.absolute_fragment_times);
  EXPECT_FALSE(config.allow_creation);
  EXPECT_TRUE(config.assume_exists);
  EXPECT_TRUE(config.tell_each_loss);
  EXPECT_TRUE(config.keep_oldest);
  EXPECT_EQ(config.connection_staleness, Duration());
  EXPECT_EQ(config.idle_timeout, kLongestDuration);
  ASSERT_TRUE(config.segment_uid.has_value());
  EXPECT_EQ(config.segment_uid->front(), 0x5A);
}

TrackInfo Info(const char* codec_id, MKV_TRACK_INFO_TYPE type) {
  TrackInfo info = {};
  info.trackId = 3;
  std::strncpy(info.codecId, codec_id, MKV_MAX_CODEC_ID_LEN);
  info.trackType = type;
  return info;
}

TEST(ConvertTest, FormatsFollowFromCodecAndAdaptation) {
  const TrackInfo avc = Info("V_MPEG4/ISO/AVC", MKV_TRACK_INFO_TYPE_VIDEO);
  EXPECT_EQ(ToTrack(avc, NAL_ADAPTATION_ANNEXB_NALS, {}).format, FrameFormat::kAnnexB);
  EXPECT_EQ(ToTrack(avc, NAL_ADAPTATION_ANNEXB_CPD_NALS, {1}).format, FrameFormat::kRaw);
  EXPECT_EQ(ToTrack(avc, NAL_ADAPTATION_FLAG_NONE, {1}).codec, Codec::kH264);
  // As long as there is no codec data.
  EXPECT_EQ(ToTrack(avc, NAL_ADAPTATION_FLAG_NONE, {}).codec, Codec::kOther);
  EXPECT_EQ(ToTrack(avc, NAL_ADAPTATION_FLAG_NONE, {}).codec_id, "V_MPEG4/ISO/AVC");
  EXPECT_EQ(ToTrack(Info("V_MPEGH/ISO/HEVC", MKV_TRACK_INFO_TYPE_VIDEO), 0, {1}).codec, Codec::kH265);
  const Track aac = ToTrack(Info("A_AAC", MKV_TRACK_INFO_TYPE_AUDIO), NAL_ADAPTATION_ANNEXB_NALS, {0x11, 0x90});
  EXPECT_EQ(aac.codec, Codec::kAac);
  EXPECT_EQ(aac.format, FrameFormat::kRaw);
  EXPECT_EQ(aac.type, TrackType::kAudio);
  EXPECT_EQ(aac.id, 3u);
  EXPECT_EQ(ToTrack(Info("A_MS/ACM", MKV_TRACK_INFO_TYPE_AUDIO), 0, {1}).codec, Codec::kOther);
}

TEST(ConvertTest, FramesKeepTheirTimesAndFlags) {
  std::uint8_t bytes[] = {1, 2, 3};
  ::Frame frame = {};
  frame.trackId = 2;
  frame.flags = static_cast<FRAME_FLAGS>(FRAME_FLAG_KEY_FRAME | FRAME_FLAG_DISCARDABLE_FRAME);
  frame.presentationTs = 30;
  frame.decodingTs = 20;
  frame.duration = 10;
  frame.size = sizeof(bytes);
  frame.frameData = bytes;
  const kvs::Frame out = ToFrame(frame);
  EXPECT_EQ(out.track_id, 2u);
  EXPECT_EQ(out.pts, MediaTime::FromNanos(3000));
  EXPECT_EQ(out.dts, MediaTime::FromNanos(2000));
  EXPECT_EQ(out.duration, Duration::Nanos(1000));
  EXPECT_TRUE(out.key_frame);
  EXPECT_TRUE(out.discardable);
  EXPECT_FALSE(out.invisible);
  EXPECT_EQ(out.data.data(), bytes);
  EXPECT_EQ(out.data.size(), 3u);
  frame.frameData = nullptr;
  EXPECT_TRUE(ToFrame(frame).data.empty());
  frame.trackId = MAX_UINT64;
  EXPECT_EQ(ToFrame(frame).track_id, 0u);
}

TEST(ConvertTest, AcknowledgementsKeepTheirNumbers) {
  FragmentAck ack;
  ack.type = AckType::kError;
  ack.timecode = 1234;
  ack.fragment_number = std::string(kMaxFragmentNumberLength, '7');
  ack.error_id = ack_error::kInvalidMkvData;
  const ::FragmentAck out = ToFragmentAck(ack);
  EXPECT_EQ(out.version, UINT32{FRAGMENT_ACK_CURRENT_VERSION});
  EXPECT_EQ(out.ackType, FRAGMENT_ACK_TYPE_ERROR);
  EXPECT_EQ(out.timestamp, 1234u);
  EXPECT_EQ(out.sequenceNumber, ack.fragment_number);
  EXPECT_EQ(out.result, SERVICE_CALL_RESULT_INVALID_MKV_DATA);
  ack.timecode.reset();
  ack.type = AckType::kPersisted;
  EXPECT_EQ(ToFragmentAck(ack).timestamp, INVALID_TIMESTAMP_VALUE);
  EXPECT_EQ(ToFragmentAck(ack).result, SERVICE_CALL_RESULT_OK);
}

}  // namespace
}  // namespace kvs::compat
