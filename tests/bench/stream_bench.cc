// A frame through the public interface, from PutFrame until its last byte has arrived at the other end of a socket, with nothing else
// under way: the caller's and the network thread's part, libcurl's in between.
#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "kvs/producer.h"
#include "tests/bench/bench.h"
#include "tests/bench/media.h"
#include "tests/support/loopback_server.h"

namespace kvs::bench {
namespace {

// The end of every frame; nowhere else in them, nor in what stands around them.
constexpr std::string_view kLastBytes = "DONE";

// A service that knows where to put media, and looks at nothing of it but the end of a frame.
class Sinkhole {
 public:
  std::string url() const { return server_.url(); }
  void AwaitFrame() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return frames_ > 0; });
    --frames_;
  }

 private:
  void Serve(test::LoopbackConnection& connection) {
    const std::string head = connection.ReadUntil("\r\n\r\n");
    if (head.starts_with("POST /putMedia")) {
      connection.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      Swallow(connection);
    } else if (!head.empty()) {
      const std::string body = "{\"DataEndpoint\":\"" + url() + "\"}";
      connection.Write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                       body);
    }
  }
  void Swallow(test::LoopbackConnection& connection) {
    const std::string end = std::string(kLastBytes) + "\r\n";  // of the frame and of its chunk
    std::vector<char> buffer(std::size_t{256} * 1024);
    std::string tail;
    tail.reserve(2 * end.size());
    while (const std::size_t count = connection.Read(buffer)) {
      const std::size_t taken = std::min(count, end.size());
      tail.append(buffer.data() + count - taken, taken);
      tail.erase(0, tail.size() - std::min(tail.size(), end.size()));
      if (tail == end) {
        const std::lock_guard lock(mutex_);
        ++frames_;
        arrived_.notify_one();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  int frames_ = 0;  // arrived, and not yet awaited
  test::LoopbackServer server_{[this](test::LoopbackConnection& connection, int) { Serve(connection); }};
};

class Uplink {
 public:
  explicit Uplink(std::size_t size) : payload_(LengthPrefixed(size)) {
    std::copy(kLastBytes.begin(), kLastBytes.end(), payload_.end() - static_cast<std::ptrdiff_t>(kLastBytes.size()));
    ProducerConfig config;
    config.region = "us-west-2";
    config.endpoint = sinkhole_.url();
    config.profile.reset();
    config.environment = [](const char*) { return std::nullopt; };
    Credentials credentials;
    credentials.access_key_id = "AKIDEXAMPLE";
    credentials.secret_access_key = Secret("made-up");
    config.credentials = MakeStaticCredentials(std::move(credentials));
    StreamConfig stream;
    stream.name = "bench";
    stream.assume_exists = true;
    stream.fragment_acks = false;  // what was sent is done
    auto producer = Producer::Create(std::move(config));
    auto opened = producer.ok() ? (*producer)->OpenStream(stream, nullptr) : producer.status();
    if (!opened.ok() || !(*opened)->SetTrack(Video()).ok()) {
      std::abort();
    }
    stream_ = *opened;
  }
  ~Uplink() { (void)stream_->StopSync(Duration()); }

  void Put() {
    constexpr std::int64_t kRate = 30;
    Frame frame;
    frame.pts = MediaTime::FromMillis(1'700'000'000'000 + frames_ / kRate * 1000 + frames_ % kRate * 1000 / kRate);
    frame.key_frame = frames_++ % kRate == 0;
    frame.data = payload_;
    if (!stream_->PutFrame(frame).ok()) {
      std::abort();
    }
    sinkhole_.AwaitFrame();
  }

 private:
  Sinkhole sinkhole_;
  std::vector<std::uint8_t> payload_;
  std::shared_ptr<Stream> stream_;
  std::int64_t frames_ = 0;
};

}  // namespace

std::vector<Benchmark> StreamBenchmarks() {
  std::vector<Benchmark> all;
  constexpr int kSteady = 64;
  for (const std::size_t size : kFrameSizes) {
    all.push_back({"FrameToTheSocket/" + std::to_string(size), static_cast<std::int64_t>(size), kSteady, [size] {
                     return [uplink = std::make_shared<Uplink>(size)] { uplink->Put(); };
                   }});
  }
  return all;
}

}  // namespace kvs::bench
