#include "StreamDefinition.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using com::amazonaws::kinesis::video::StreamDefinition;
using com::amazonaws::kinesis::video::StreamTags;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr UINT64 kMillisecond = HUNDREDS_OF_NANOS_IN_A_MILLISECOND;
constexpr UINT64 kSecond = HUNDREDS_OF_NANOS_IN_A_SECOND;

TEST(StreamDefinition, HasTheDefaultsOfAmazonsSdk) {
  StreamDefinition definition("stream", hours(3));
  EXPECT_EQ("stream", definition.getStreamName());
  EXPECT_EQ(1U, definition.getTrackCount());

  const StreamInfo& info = definition.getStreamInfo();
  EXPECT_EQ(3U, info.version);
  EXPECT_STREQ("stream", info.name);
  EXPECT_EQ(3 * 3600 * kSecond, info.retention);
  EXPECT_EQ(0U, info.tagCount);
  EXPECT_EQ(nullptr, info.tags);
  EXPECT_STREQ("", info.kmsKeyId);

  const StreamCaps& caps = info.streamCaps;
  EXPECT_EQ(STREAMING_TYPE_REALTIME, caps.streamingType);
  EXPECT_STREQ("video/h264", caps.contentType);
  EXPECT_EQ(0U, caps.maxLatency);
  EXPECT_EQ(2 * kSecond, caps.fragmentDuration);
  EXPECT_EQ(kMillisecond, caps.timecodeScale);
  EXPECT_TRUE(caps.keyFrameFragmentation);
  EXPECT_TRUE(caps.frameTimecodes);
  EXPECT_TRUE(caps.absoluteFragmentTimes);
  EXPECT_TRUE(caps.fragmentAcks);
  EXPECT_TRUE(caps.recoverOnError);
  EXPECT_TRUE(caps.recalculateMetrics);
  EXPECT_TRUE(caps.allowStreamCreation);
  EXPECT_FALSE(caps.adaptive);
  EXPECT_EQ(0x28U, caps.nalAdaptationFlags);
  EXPECT_EQ(25U, caps.frameRate);
  EXPECT_EQ(4194304U, caps.avgBandwidthBps);
  EXPECT_EQ(120 * kSecond, caps.bufferDuration);
  EXPECT_EQ(40 * kSecond, caps.replayDuration);
  EXPECT_EQ(30 * kSecond, caps.connectionStalenessDuration);
  EXPECT_EQ(nullptr, caps.segmentUuid);
  EXPECT_EQ(FRAME_ORDER_MODE_PASS_THROUGH, caps.frameOrderingMode);
  EXPECT_EQ(CONTENT_STORE_PRESSURE_POLICY_DROP_TAIL_ITEM, caps.storePressurePolicy);
  EXPECT_EQ(CONTENT_VIEW_OVERFLOW_POLICY_DROP_UNTIL_FRAGMENT_START, caps.viewOverflowPolicy);

  ASSERT_EQ(1U, caps.trackInfoCount);
  const TrackInfo& track = caps.trackInfoList[0];
  EXPECT_EQ(1U, track.trackId);
  EXPECT_STREQ("V_MPEG4/ISO/AVC", track.codecId);
  EXPECT_STREQ("kinesis_video", track.trackName);
  EXPECT_EQ(nullptr, track.codecPrivateData);
  EXPECT_EQ(0U, track.codecPrivateDataSize);
  EXPECT_EQ(MKV_TRACK_INFO_TYPE_VIDEO, track.trackType);
}

TEST(StreamDefinition, TakesEachOfItsArguments) {
  const std::map<std::string, std::string> tags = {{"a", "1"}, {"b", ""}};
  const std::vector<uint8_t> uuid = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  const uint8_t cpd[] = {1, 2, 3};
  StreamDefinition definition("stream", hours(0), &tags, "key", STREAMING_TYPE_OFFLINE, "video/h265,audio/aac", milliseconds(7),
                              seconds(4), milliseconds(10), false, false, false, false, false, false, false,
                              NAL_ADAPTATION_FLAG_NONE, 30, 1000, seconds(20), seconds(10), seconds(5), "V_MPEGH/ISO/HEVC", "name",
                              cpd, sizeof(cpd), MKV_TRACK_INFO_TYPE_AUDIO, uuid, 9, CONTENT_STORE_PRESSURE_POLICY_OOM,
                              CONTENT_VIEW_OVERFLOW_POLICY_DROP_TAIL_VIEW_ITEM);
  const StreamInfo& info = definition.getStreamInfo();
  EXPECT_EQ(0U, info.retention);
  ASSERT_EQ(2U, info.tagCount);
  EXPECT_STREQ("a", info.tags[0].name);
  EXPECT_STREQ("1", info.tags[0].value);
  EXPECT_STREQ("", info.tags[1].value);
  EXPECT_STREQ("key", info.kmsKeyId);
  const StreamCaps& caps = info.streamCaps;
  EXPECT_EQ(STREAMING_TYPE_OFFLINE, caps.streamingType);
  EXPECT_STREQ("video/h265,audio/aac", caps.contentType);
  EXPECT_EQ(7 * kMillisecond, caps.maxLatency);
  EXPECT_EQ(4 * kSecond, caps.fragmentDuration);
  EXPECT_EQ(10 * kMillisecond, caps.timecodeScale);
  EXPECT_FALSE(caps.keyFrameFragmentation);
  EXPECT_FALSE(caps.frameTimecodes);
  EXPECT_FALSE(caps.absoluteFragmentTimes);
  EXPECT_FALSE(caps.fragmentAcks);
  EXPECT_FALSE(caps.recoverOnError);
  EXPECT_FALSE(caps.recalculateMetrics);
  EXPECT_FALSE(caps.allowStreamCreation);
  EXPECT_EQ(0U, caps.nalAdaptationFlags);
  EXPECT_EQ(30U, caps.frameRate);
  EXPECT_EQ(1000U, caps.avgBandwidthBps);
  EXPECT_EQ(20 * kSecond, caps.bufferDuration);
  EXPECT_EQ(10 * kSecond, caps.replayDuration);
  EXPECT_EQ(5 * kSecond, caps.connectionStalenessDuration);
  EXPECT_EQ(uuid, std::vector<uint8_t>(caps.segmentUuid, caps.segmentUuid + MKV_SEGMENT_UUID_LEN));
  EXPECT_EQ(CONTENT_STORE_PRESSURE_POLICY_OOM, caps.storePressurePolicy);
  EXPECT_EQ(CONTENT_VIEW_OVERFLOW_POLICY_DROP_TAIL_VIEW_ITEM, caps.viewOverflowPolicy);
  const TrackInfo& track = caps.trackInfoList[0];
  EXPECT_EQ(9U, track.trackId);
  EXPECT_STREQ("V_MPEGH/ISO/HEVC", track.codecId);
  EXPECT_STREQ("name", track.trackName);
  EXPECT_EQ(cpd, track.codecPrivateData) << "not copied";
  EXPECT_EQ(sizeof(cpd), track.codecPrivateDataSize);
  EXPECT_EQ(MKV_TRACK_INFO_TYPE_AUDIO, track.trackType);
}

TEST(StreamDefinition, MoreTracksAreOrderedByPresentationTime) {
  StreamDefinition definition("stream", hours(2));
  const uint8_t cpd[] = {0x12, 0x10};
  for (uint64_t id = 2; id <= 5; ++id) {  // how many a stream may have is not for the definition to say
    definition.addTrack(id, "audio", "A_AAC", MKV_TRACK_INFO_TYPE_AUDIO, cpd, sizeof(cpd));
  }
  EXPECT_EQ(5U, definition.getTrackCount());
  const StreamCaps& caps = definition.getStreamInfo().streamCaps;
  ASSERT_EQ(5U, caps.trackInfoCount);
  EXPECT_EQ(FRAME_ORDERING_MODE_MULTI_TRACK_AV_COMPARE_PTS_ONE_MS_COMPENSATE_EOFR, caps.frameOrderingMode);
  EXPECT_STREQ("kinesis_video", caps.trackInfoList[0].trackName);
  EXPECT_EQ(2U, caps.trackInfoList[1].trackId);
  EXPECT_STREQ("audio", caps.trackInfoList[4].trackName);
  EXPECT_STREQ("A_AAC", caps.trackInfoList[4].codecId);
  EXPECT_EQ(cpd, caps.trackInfoList[4].codecPrivateData);
  EXPECT_EQ(MKV_TRACK_INFO_TYPE_AUDIO, caps.trackInfoList[4].trackType);

  definition.setFrameOrderMode(FRAME_ORDERING_MODE_MULTI_TRACK_AV);
  EXPECT_EQ(FRAME_ORDERING_MODE_MULTI_TRACK_AV, definition.getStreamInfo().streamCaps.frameOrderingMode);
}

// A definition with one argument of a length; the others are fine.
struct Lengths {
  std::size_t name = 1;
  std::size_t key = 0;
  std::size_t content_type = 1;
  std::size_t codec_id = 1;
  std::size_t track_name = 1;
  std::size_t uuid = 0;
};

void Define(const Lengths& lengths) {
  StreamDefinition("" + std::string(lengths.name, 'n'), hours(2), nullptr, std::string(lengths.key, 'k'), STREAMING_TYPE_REALTIME,
                   std::string(lengths.content_type, 'c'), milliseconds::zero(), seconds(2), milliseconds(1), true, true, true, true,
                   true, true, true, 0, 25, 1000, seconds(120), seconds(40), seconds(30), std::string(lengths.codec_id, 'i'),
                   std::string(lengths.track_name, 't'), nullptr, 0, MKV_TRACK_INFO_TYPE_VIDEO, std::vector<uint8_t>(lengths.uuid, 1));
}

TEST(StreamDefinition, RefusesWhatIsTooLong) {
  EXPECT_NO_THROW(Define({.name = 256, .key = 2048, .content_type = 128, .codec_id = 32, .track_name = 32, .uuid = 16}));
  EXPECT_THROW(Define({.name = 257}), std::runtime_error);
  EXPECT_THROW(Define({.key = 2049}), std::runtime_error);
  EXPECT_THROW(Define({.content_type = 129}), std::runtime_error);
  EXPECT_THROW(Define({.codec_id = 33}), std::runtime_error);
  EXPECT_THROW(Define({.track_name = 33}), std::runtime_error);
  EXPECT_THROW(Define({.uuid = 15}), std::runtime_error);
  EXPECT_THROW(Define({.uuid = 17}), std::runtime_error);
}

TEST(StreamDefinition, RefusesATrackThatIsTooLongAndStaysAsItWas) {
  StreamDefinition definition("stream", hours(2));
  EXPECT_THROW(definition.addTrack(2, std::string(33, 't'), "A_AAC", MKV_TRACK_INFO_TYPE_AUDIO), std::runtime_error);
  EXPECT_THROW(definition.addTrack(2, "audio", std::string(33, 'c'), MKV_TRACK_INFO_TYPE_AUDIO), std::runtime_error);
  EXPECT_EQ(1U, definition.getTrackCount());
  EXPECT_EQ(1U, definition.getStreamInfo().streamCaps.trackInfoCount);
  EXPECT_EQ(FRAME_ORDER_MODE_PASS_THROUGH, definition.getStreamInfo().streamCaps.frameOrderingMode);
}

TEST(StreamTags, AreAnArrayOfTheCaller) {
  EXPECT_EQ(0U, StreamTags(nullptr).count());
  EXPECT_EQ(nullptr, StreamTags(nullptr).asPTag());
  const std::map<std::string, std::string> map = {{"name", "value"}};
  const StreamTags tags(&map);
  EXPECT_EQ(1U, tags.count());
  const std::unique_ptr<Tag, decltype(&std::free)> array(tags.asPTag(), std::free);
  EXPECT_EQ(0U, array->version);
  EXPECT_STREQ("name", array->name);
  EXPECT_STREQ("value", array->value);
}

}  // namespace
