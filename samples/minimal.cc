// Uploads an H.264 byte stream (with access unit delimiters) without GStreamer. Credentials and region come from where the aws
// command line has them; without ENDPOINT it goes to Amazon's service.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "kvs/producer.h"

static void Require(const kvs::Status& status) {
  if (!status.ok()) {
    std::cerr << status.ToString() << "\n";
    std::exit(1);
  }
}

// Whether a NAL unit of type 5 begins in this access unit.
static bool HasIdr(std::string_view unit) {
  const auto at = unit.find(std::string_view("\0\0\1", 3));
  return at < unit.size() - 3 && ((unit[at + 3] & 0x1f) == 5 || HasIdr(unit.substr(at + 3)));
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: minimal STREAM FILE.h264 [ENDPOINT]\n";
    return 2;
  }
  kvs::ProducerConfig config;
  config.endpoint = argc > 3 ? argv[3] : "";
  config.credentials = kvs::SharedCredentials(kvs::CredentialSourceKind::kDefault);
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
  Require(file ? kvs::Status() : kvs::Status(kvs::StatusCode::kFileError, std::string("cannot read ") + argv[2]));
  const std::string media{std::istreambuf_iterator<char>(file), {}};
  const std::string delimiter("\0\0\1\x09", 4);
  const std::chrono::nanoseconds now = std::chrono::system_clock::now().time_since_epoch();
  kvs::Frame frame;
  frame.pts = kvs::MediaTime::FromNanos(now.count());
  for (auto at = media.find(delimiter), next = at; at != media.npos; at = next) {
    next = media.find(delimiter, at + 1);
    const std::string unit = media.substr(at, next - at);
    frame.data = {reinterpret_cast<const std::uint8_t*>(unit.data()), unit.size()};
    frame.key_frame = HasIdr(unit);
    Require((*stream)->PutFrame(frame));
    frame.pts = frame.pts + kvs::Duration::Millis(40);  // a byte stream has no times: 25 frames a second
  }
  Require((*stream)->StopSync(kvs::Duration::Minutes(1)));
  std::cout << (*stream)->metrics().fragments_persisted << " fragments persisted\n";
}
