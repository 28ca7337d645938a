// Uploads an H.264 byte stream (with access unit delimiters) without GStreamer. The keys are read
// from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; without ENDPOINT it goes to Amazon's service in
// us-west-2.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <vector>

#include "kvs/producer.h"

void Require(const kvs::Status& status) {
  if (!status.ok()) {
    std::cerr << status.ToString() << "\n";
    std::exit(1);
  }
}

// Whether a NAL unit of type 5 is in this access unit.
bool HasIdr(std::span<const std::uint8_t> unit) {
  std::uint32_t last = ~0U;  // the last four bytes
  return std::any_of(unit.begin(), unit.end(), [&last](std::uint8_t byte) {
    last = last << 8 | byte;
    return (last & 0xffffff1f) == 0x105;
  });
}

int main(int argc, char** argv) {
  Require(argc < 3 ? kvs::Status(kvs::StatusCode::kInvalidArgument,
                                 "usage: minimal STREAM FILE.h264 [ENDPOINT]")
                   : kvs::Status());
  kvs::ProducerConfig config;
  config.endpoint = argc > 3 ? argv[3] : "";
  config.credentials = kvs::MakeEnvironmentCredentials();
  const auto producer = kvs::Producer::Create(std::move(config));
  Require(producer.status());
  kvs::StreamConfig stream_config;
  stream_config.name = argv[1];
  stream_config.streaming_type = kvs::StreamingType::kOffline;
  const auto stream = (*producer)->OpenStream(stream_config, nullptr);
  Require(stream.status());
  kvs::Track track;  // H.264, track 1, where nothing else is said
  track.format = kvs::FrameFormat::kAnnexB;
  Require((*stream)->SetTrack(track));

  std::ifstream file(argv[2], std::ios::binary);
  const std::vector<std::uint8_t> media{std::istreambuf_iterator<char>(file), {}};
  const std::array<std::uint8_t, 4> delimiter = {0, 0, 1, 9};
  kvs::Frame frame;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  frame.pts = kvs::MediaTime::FromNanos(std::chrono::nanoseconds(now).count());
  const auto find = [&](auto from) {
    return std::search(from, media.end(), delimiter.begin(), delimiter.end());
  };
  for (auto at = find(media.begin()), next = at; at != media.end(); at = next) {
    next = find(at + 1);
    frame.data = {at, next};
    frame.key_frame = HasIdr(frame.data);
    Require((*stream)->PutFrame(frame));
    frame.pts =
        frame.pts + kvs::Duration::Millis(40);  // a byte stream has no times: 25 frames a second
  }
  Require((*stream)->StopSync(kvs::Duration::Minutes(1)));
  std::cout << (*stream)->metrics().fragments_persisted << " fragments persisted\n";
}
