#include "producer/net/curl_transport.h"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "producer/net/network_loop.h"
#include "producer/net/system_clock.h"
#include "tests/support/loopback_server.h"

namespace kvs::net {
namespace {

using kvs::test::LoopbackConnection;
using kvs::test::LoopbackServer;
using service::TransportError;

constexpr char kHeadEnd[] = "\r\n\r\n";
// Ends a test that would otherwise hang; far above what any of them takes.
constexpr int kMaxRounds = 20'000;

std::string Answer(int status, const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Collects what a transfer brings.
struct Outcome {
  std::optional<TransferResult> result;
  int head = 0;
  std::string streamed;
  int uploads = 0;
};

class Collector : public TransferHandler {
 public:
  Collector(Outcome& outcome, std::vector<std::string> chunks, bool stream_answer)
      : outcome_(outcome), chunks_(std::move(chunks)), stream_answer_(stream_answer) {}

  // One chunk per call, with a pause where a chunk is empty.
  Uploaded OnUpload(std::span<std::uint8_t> out) override {
    ++outcome_.uploads;
    if (next_ == chunks_.size()) {
      return {0, Upload::kEnd};
    }
    const std::string& chunk = chunks_[next_++];
    std::copy(chunk.begin(), chunk.end(), out.begin());
    return {chunk.size(), chunk.empty() ? Upload::kPause : Upload::kMore};
  }
  void OnHead(int status) override { outcome_.head = status; }
  bool OnBody(std::span<const std::uint8_t> bytes) override {
    if (stream_answer_) {
      outcome_.streamed.append(bytes.begin(), bytes.end());
    }
    return stream_answer_;
  }
  void OnDone(TransferResult result) override { outcome_.result = std::move(result); }

 private:
  Outcome& outcome_;
  const std::vector<std::string> chunks_;
  std::size_t next_ = 0;
  const bool stream_answer_;
};

class CurlTransportTest : public testing::Test {
 protected:
  TransferId Start(const std::string& url, TransferOptions options = {}, std::vector<std::string> chunks = {},
                   bool stream_answer = false) {
    service::HttpRequest request;
    request.method = "POST";
    request.url = url + "/call";
    request.headers = {{"X-Test", "1"}};
    if (options.stream_body) {
      request.headers.push_back({"Transfer-Encoding", "chunked"});
    } else {
      request.body = "{\"a\":1}";
    }
    return loop_->transport()->Start(std::move(request), options,
                                    std::make_unique<Collector>(outcome_, std::move(chunks), stream_answer));
  }
  // Until the transfer ended, or `done` says so.
  void Run(const std::function<bool()>& done = {}) {
    for (int i = 0; i < kMaxRounds && !outcome_.result && !(done && done()); ++i) {
      loop_->RunOnce(Duration::Millis(1));
    }
  }

  SystemClock clock_;
  std::unique_ptr<NetworkLoop> loop_ = std::make_unique<NetworkLoop>(clock_);
  Outcome outcome_;
};

TEST_F(CurlTransportTest, SendsARequestAndBringsTheAnswer) {
  std::string seen;
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    seen = peer.ReadUntil("{\"a\":1}");
    peer.Write(Answer(403, "{\"Message\":\"no\"}", "x-amzn-ErrorType: AccessDeniedException\r\n"));
  });
  Start(server.url());
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->response);
  EXPECT_EQ(outcome_.result->response->status, 403);
  EXPECT_EQ(outcome_.result->response->body, "{\"Message\":\"no\"}");
  const std::string* type = service::FindHeader(outcome_.result->response->headers, "X-Amzn-Errortype");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(*type, "AccessDeniedException");
  EXPECT_FALSE(outcome_.result->error.has_value());
  EXPECT_NE(seen.find("POST /call HTTP/1.1"), std::string::npos);
  EXPECT_NE(seen.find("X-Test: 1"), std::string::npos);
  EXPECT_EQ(seen.find("Expect"), std::string::npos);
}

TEST_F(CurlTransportTest, ConnectionsAreUsedAgain) {
  std::atomic<int> connections = 0;
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    ++connections;
    while (peer.ReadUntil("{\"a\":1}").find("POST") != std::string::npos) {
      peer.Write(Answer(200, "ok"));
    }
  });
  for (int i = 0; i < 3; ++i) {
    outcome_ = {};
    Start(server.url());
    Run();
    ASSERT_TRUE(outcome_.result && outcome_.result->response);
  }
  EXPECT_EQ(connections, 1);
  loop_->transport()->Cancel(0);  // unknown: ignored
  // The idle connection is closed with the transport, which ends the server's loop.
  loop_.reset();
}

TEST_F(CurlTransportTest, AnswersAndUploadRunAtTheSameTime) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("first");
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nack1\r\n");
    peer.ReadUntil("0\r\n\r\n");
    peer.Write("4\r\nack2\r\n0\r\n\r\n");
  });
  TransferOptions options;
  options.stream_body = true;
  const TransferId id = Start(server.url(), options, {"first", "", "second"}, /*stream_answer=*/true);
  Run([&] { return outcome_.streamed == "ack1"; });
  EXPECT_EQ(outcome_.streamed, "ack1");
  EXPECT_EQ(outcome_.head, 200);
  EXPECT_FALSE(outcome_.result.has_value());
  const int uploads = outcome_.uploads;
  for (int i = 0; i < 20; ++i) {
    loop_->RunOnce(Duration::Millis(1));
  }
  EXPECT_EQ(outcome_.uploads, uploads);  // paused: nobody asks
  loop_->transport()->Resume(id);
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->response);
  EXPECT_EQ(outcome_.streamed, "ack1ack2");
  EXPECT_FALSE(outcome_.result->error.has_value());
}

TEST_F(CurlTransportTest, ARefusalInTheMiddleOfAnUploadIsAnAnswerAndNoError) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("first");
    peer.Write(Answer(400, "{}", "x-amzn-ErrorType: ClientLimitExceededException\r\nConnection: close\r\n"));
  });
  TransferOptions options;
  options.stream_body = true;
  Start(server.url(), options, {"first", ""}, true);
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->response);
  EXPECT_EQ(outcome_.result->response->status, 400);
  EXPECT_FALSE(outcome_.result->error.has_value()) << outcome_.result->detail;
}

TEST_F(CurlTransportTest, AnAnswerThatEndsWhileTheUploadIsPausedEndsTheTransfer) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("first");
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nack1\r\n0\r\n\r\n");
    peer.Close();
  });
  TransferOptions options;
  options.stream_body = true;
  Start(server.url(), options, {"first", "", "never asked for"}, true);
  Run();
  ASSERT_TRUE(outcome_.result.has_value());
  EXPECT_EQ(outcome_.streamed, "ack1");
  EXPECT_EQ(outcome_.uploads, 2);
}

TEST_F(CurlTransportTest, AConnectionThatIsClosedWhileTheUploadIsPausedIsNoticed) {
  for (const bool reset : {true, false}) {
    outcome_ = {};
    LoopbackServer server([&](LoopbackConnection& peer, int) {
      peer.ReadUntil("first");
      peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nack1\r\n");
      reset ? peer.Reset() : peer.Close();
    });
    TransferOptions options;
    options.stream_body = true;
    Start(server.url(), options, {"first", "", "never asked for"}, true);
    Run();
    ASSERT_TRUE(outcome_.result && outcome_.result->error) << reset;
    EXPECT_EQ(outcome_.uploads, 2) << reset;
    EXPECT_EQ(*outcome_.result->error, TransportError::kConnectionLost) << reset;
  }
}

TEST_F(CurlTransportTest, TellsWhyThereWasNoAnswer) {
  int port = 0;
  {
    LoopbackServer closed([](LoopbackConnection&, int) {});
    port = closed.port();
  }
  Start("http://127.0.0.1:" + std::to_string(port));
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_EQ(*outcome_.result->error, TransportError::kConnect);
  EXPECT_FALSE(outcome_.result->response.has_value());
  EXPECT_FALSE(outcome_.result->detail.empty());
}

TEST_F(CurlTransportTest, AResetIsALostConnection) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("first");
    peer.Write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nack1\r\n");
    peer.ReadUntil("second");
    peer.Reset();
  });
  TransferOptions options;
  options.stream_body = true;
  Start(server.url(), options, {"first", "second", ""}, true);
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_EQ(*outcome_.result->error, TransportError::kConnectionLost);
}

TEST_F(CurlTransportTest, AServerThatSaysNothingTimesOut) {
  LoopbackServer server([&](LoopbackConnection& peer, int) { peer.ReadUntil("never"); });
  TransferOptions options;
  options.total_timeout = Duration::Millis(100);
  Start(server.url(), options);
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_EQ(*outcome_.result->error, TransportError::kTimeout);
}

TEST_F(CurlTransportTest, AnswersThatNeverEndAreCutOff) {
  for (const bool in_headers : {true, false}) {
    outcome_ = {};
    LoopbackServer server([&](LoopbackConnection& peer, int) {
      peer.ReadUntil("{\"a\":1}");
      peer.Write(in_headers ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
      while (peer.Write(in_headers ? "X-Filler: " + std::string(500, 'y') + "\r\n" : std::string(4096, 'z'))) {
      }
    });
    Start(server.url());
    Run();
    ASSERT_TRUE(outcome_.result && outcome_.result->error) << in_headers;
    EXPECT_EQ(*outcome_.result->error, TransportError::kResponseTooLarge) << in_headers;
  }
}

TEST_F(CurlTransportTest, GarbageIsNoHttp) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("{\"a\":1}");
    peer.Write("220 mail.example.com ready\r\n\r\n");
  });
  Start(server.url());
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_FALSE(outcome_.result->response.has_value());
}

TEST_F(CurlTransportTest, TlsAgainstAPlainServerFailsInTheHandshake) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("\x01");
    peer.Write("HTTP/1.1 400 Bad Request\r\n\r\n");
  });
  Start("https://127.0.0.1:" + std::to_string(server.port()));
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_EQ(*outcome_.result->error, TransportError::kTlsHandshake);
}

TEST_F(CurlTransportTest, ARedirectIsNotFollowed) {
  std::atomic<int> connections = 0;
  LoopbackServer other([&](LoopbackConnection&, int) { ++connections; });
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("{\"a\":1}");
    peer.Write(Answer(307, "", "Location: " + other.url() + "/\r\nConnection: close\r\n"));
  });
  Start(server.url());
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->response);
  EXPECT_EQ(outcome_.result->response->status, 307);
  EXPECT_EQ(connections, 0);
}

TEST_F(CurlTransportTest, ACancelledTransferIsNotHeardOfAgain) {
  LoopbackServer server([&](LoopbackConnection& peer, int) { peer.ReadUntil("never"); });
  const TransferId id = Start(server.url());
  for (int i = 0; i < 20; ++i) {
    loop_->RunOnce(Duration::Millis(1));
  }
  loop_->transport()->Cancel(id);
  for (int i = 0; i < 20; ++i) {
    loop_->RunOnce(Duration::Millis(1));
  }
  EXPECT_FALSE(outcome_.result.has_value());
}

TEST(NetworkLoopTest, RunsPostedTasksAndTimers) {
  SystemClock clock;
  NetworkLoop loop(clock);
  std::string order;
  std::thread poster([&] { loop.Post([&] { order += "posted "; }); });
  const auto timer = loop.timers().Add([&] { order += "timer "; });
  loop.timers().Set(timer, clock.Mono());
  poster.join();
  loop.RunOnce(Duration::Seconds(60));
  EXPECT_EQ(order, "posted timer ");
}

TEST(NetworkLoopTest, APostEndsTheWait) {
  SystemClock clock;
  NetworkLoop loop(clock);
  std::atomic<bool> stop = false;
  std::thread runner([&] {
    while (!stop) {
      loop.RunOnce(Duration::Seconds(600));  // a lost wake-up runs into the test's time-out
    }
  });
  for (int i = 0; i < 1000; ++i) {
    std::promise<void> ran;
    loop.Post([&] { ran.set_value(); });
    ran.get_future().wait();
  }
  stop = true;
  loop.Post([] {});
  runner.join();
}

}  // namespace
}  // namespace kvs::net
