#include "producer/net/curl_transport.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/server/server.h"
#include "producer/net/network_loop.h"
#include "producer/net/system_clock.h"
#include "tests/support/loopback_server.h"

namespace kvs::net {
namespace {

using kvs::test::LoopbackConnection;
using kvs::test::LoopbackServer;
using service::TransportError;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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
  std::function<void()> on_pause;
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
    if (chunk.empty() && outcome_.on_pause) {
      outcome_.on_pause();
    }
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
    request.headers.insert(request.headers.end(), extra_headers_.begin(), extra_headers_.end());
    return loop_->transport()->Start(std::move(request), options,
                                    std::make_unique<Collector>(outcome_, std::move(chunks), stream_answer));
  }
  // Until the transfer ended, or `done` says so.
  void Run(const std::function<bool()>& done = {}) {
    for (int i = 0; i < kMaxRounds && !outcome_.result && !(done && done()); ++i) {
      loop_->RunOnce(Duration::Millis(1));
    }
  }

  std::vector<service::HttpHeader> extra_headers_;
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

TEST_F(CurlTransportTest, ManyCallsToOneHostShareItsConnections) {
  constexpr std::size_t kCalls = 60;
  std::atomic<int> connections = 0;
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    ++connections;
    while (peer.ReadUntil("{\"a\":1}").find("POST") != std::string::npos) {
      peer.Write(Answer(200, "ok"));
    }
  });
  std::vector<Outcome> outcomes(kCalls);
  std::vector<TransferId> ids;
  for (Outcome& outcome : outcomes) {
    service::HttpRequest request;
    request.method = "POST";
    request.url = server.url() + "/call";
    request.body = "{\"a\":1}";
    ids.push_back(loop_->transport()->Start(std::move(request), {},
                                            std::make_unique<Collector>(outcome, std::vector<std::string>(), false)));
  }
  loop_->transport()->Cancel(ids.back());  // it waits for its turn, which never comes
  Run([&] { return std::all_of(outcomes.begin(), outcomes.end() - 1, [](const Outcome& one) { return one.result.has_value(); }); });
  for (std::size_t i = 0; i + 1 < kCalls; ++i) {
    ASSERT_TRUE(outcomes[i].result && outcomes[i].result->response) << i;
  }
  EXPECT_FALSE(outcomes.back().result.has_value());
  EXPECT_LE(connections, static_cast<int>(CurlTransport::kCallsAtOnce));
  loop_.reset();
}

// TCP sockets of this process that are connected, or on their way, to a server of its own: all but the server's, on `port`.
std::size_t SocketsToServer(int port) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    sockaddr_in name{};
    socklen_t size = sizeof name;
    const bool is_socket = ::getsockname(std::stoi(file.path().filename()), reinterpret_cast<sockaddr*>(&name), &size) == 0;
    count += is_socket && name.sin_family == AF_INET && ntohs(name.sin_port) != port ? 1U : 0U;
  }
  return count;
}

TEST_F(CurlTransportTest, ManyUploadsToOneHostConnectAFewAtATime) {
  constexpr std::size_t kUploads = CurlTransport::kConnectsAtOnce + 50;
  std::atomic<bool> is_first = true;
  std::promise<void> over;
  const std::shared_future<void> end = over.get_future().share();
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    if (is_first.exchange(false)) {
      peer.ReadUntil("{\"a\":1}");
      peer.Write(Answer(200, "ok"));
    }
    end.wait();
  });
  Start(server.url());
  Run();
  ASSERT_TRUE(outcome_.result && outcome_.result->response);  // reached
  TransferOptions options;
  options.stream_body = true;
  std::vector<Outcome> outcomes(kUploads);
  for (Outcome& outcome : outcomes) {
    service::HttpRequest request;
    request.method = "POST";
    request.url = server.url() + "/call";
    request.headers = {{"Transfer-Encoding", "chunked"}};
    loop_->transport()->Start(std::move(request), options,
                              std::make_unique<Collector>(outcome, std::vector<std::string>{"first", ""}, false));
  }
  loop_->RunOnce(Duration());
  EXPECT_THAT(SocketsToServer(server.port()), testing::AllOf(testing::Gt(1u), testing::Le(1 + CurlTransport::kConnectsAtOnce)));
  const auto connected = [](const Outcome& one) { return one.uploads > 0; };
  outcome_ = {};
  Run([&] { return std::all_of(outcomes.begin(), outcomes.end(), connected); });
  EXPECT_TRUE(std::all_of(outcomes.begin(), outcomes.end(), connected));
  over.set_value();
  loop_.reset();
}

// The first exchange with a host goes alone, and this one does not end.
TEST_F(CurlTransportTest, WhoseTurnDoesNotComeIsTold) {
  std::promise<void> over;
  const std::shared_future<void> end = over.get_future().share();
  LoopbackServer server([&](LoopbackConnection&, int) { end.wait(); });
  Outcome first;
  service::HttpRequest request;
  request.method = "POST";
  request.url = server.url() + "/call";
  loop_->transport()->Start(std::move(request), {}, std::make_unique<Collector>(first, std::vector<std::string>(), false));
  Start(server.url());
  auto& transport = static_cast<CurlTransport&>(*loop_->transport());
  EXPECT_TRUE(transport.AnyToLookAt());
  constexpr int kLooks = 120;  // about one a second
  for (int i = 0; i < kLooks; ++i) {
    transport.EndAbandoned();
  }
  EXPECT_FALSE(outcome_.result.has_value());
  transport.EndAbandoned();
  ASSERT_TRUE(outcome_.result.has_value());
  EXPECT_EQ(outcome_.result->error, TransportError::kConnectTimeout);
  EXPECT_THAT(outcome_.result->detail, HasSubstr("its turn did not come"));
  EXPECT_FALSE(first.result.has_value());
  EXPECT_FALSE(transport.AnyToLookAt());
  over.set_value();
  loop_.reset();
}

// Has always more to send.
class Endless : public TransferHandler {
 public:
  explicit Endless(std::size_t& bytes) : bytes_(bytes) {}
  Uploaded OnUpload(std::span<std::uint8_t> out) override {
    std::fill(out.begin(), out.end(), std::uint8_t{'x'});
    bytes_ += out.size();
    return {out.size(), Upload::kMore};
  }
  void OnDone(TransferResult /*result*/) override {}

 private:
  std::size_t& bytes_;
};

TEST_F(CurlTransportTest, ABacklogDoesNotHoldUpWhatIsLive) {
  LoopbackServer server([&](LoopbackConnection& peer, int) { peer.ReadUntil("never sent"); });
  TransferOptions options;
  options.stream_body = true;
  const TransferId live = Start(server.url(), options, {"first", "", "live", ""});
  Run([&] { return outcome_.uploads == 2; });
  std::size_t backlog = 0;
  service::HttpRequest request;
  request.method = "POST";
  request.url = server.url() + "/call";
  request.headers = {{"Transfer-Encoding", "chunked"}};
  loop_->transport()->Start(std::move(request), options, std::make_unique<Endless>(backlog));
  constexpr std::size_t kMuch = 1 << 20;
  Run([&] { return backlog > kMuch; });
  ASSERT_GT(backlog, kMuch);
  const std::size_t before = backlog;
  loop_->transport()->Resume(live);
  loop_->RunOnce(Duration());
  EXPECT_GE(outcome_.uploads, 3);  // in the same round, behind no more than a buffer of the other
  EXPECT_LE(backlog - before, std::size_t{2 * 64 * 1024});
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
    std::promise<void> paused;
    outcome_.on_pause = [&] { paused.set_value(); };
    LoopbackServer server([&](LoopbackConnection& peer, int) {
      peer.ReadUntil("first");
      paused.get_future().wait();
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
  EXPECT_EQ(*outcome_.result->error, TransportError::kProtocol);  // and not that the URL cannot be used, which would be for good
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

// Proxies: here is what comes back; network_test.py has one that works.
class ProxyTransportTest : public CurlTransportTest {
 protected:
  // One call to a host that only the proxy knows.
  void Call(const std::string& proxy, const std::string& url, std::shared_ptr<LogSink> log = nullptr) {
    auto route = std::make_shared<Route>();
    Result<Proxies> proxies = ResolveProxies({proxy, "", ""}, [](const char*) { return std::nullopt; });
    ASSERT_TRUE(proxies.ok()) << proxies.status().ToString();
    route->proxies = std::make_shared<Proxies>(*std::move(proxies));
    route->curl_log = std::move(log);
    TransferOptions options;
    options.connect_timeout = connect_timeout_;
    options.route = std::move(route);
    Start(url, options);
    Run();
    ASSERT_TRUE(outcome_.result.has_value());
  }
  Duration connect_timeout_ = Duration::Seconds(5);
  static std::string WithLogin(const std::string& url) { return "http://me:hush%21@" + url.substr(url.find("//") + 2); }
};

TEST_F(ProxyTransportTest, ATunnelIsAskedForWithTheLoginAndWithoutOurHeaders) {
  std::string seen;
  LoopbackServer proxy([&](LoopbackConnection& peer, int) {
    seen = peer.ReadUntil("\r\n\r\n");
    peer.Write("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n");
  });
  Call(WithLogin(proxy.url()), "https://service.invalid");
  EXPECT_THAT(seen, HasSubstr("CONNECT service.invalid:443 HTTP/1.1"));
  EXPECT_THAT(seen, HasSubstr("Proxy-Authorization: Basic bWU6aHVzaCE="));  // me:hush!
  EXPECT_THAT(seen, Not(HasSubstr("X-Test")));
  ASSERT_TRUE(outcome_.result->error.has_value());
  EXPECT_EQ(*outcome_.result->error, TransportError::kProxyAuthentication);
  EXPECT_FALSE(outcome_.result->response.has_value());
  EXPECT_THAT(outcome_.result->detail, StartsWith("through the proxy " + proxy.url() + ": "));
  EXPECT_THAT(outcome_.result->detail, Not(AnyOf(HasSubstr("hush"), HasSubstr("me:"))));
}

TEST_F(ProxyTransportTest, AProxyThatMakesNoConnectionIsToBlame) {
  const std::string answers[] = {"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
                                 "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 5\r\n\r\nsorry", "220 mail\r\n\r\n", ""};
  for (const std::string& answer : answers) {
    outcome_ = {};
    LoopbackServer proxy([&](LoopbackConnection& peer, int) {
      peer.ReadUntil("\r\n\r\n");
      peer.Write(answer);
    });
    Call(proxy.url(), "https://service.invalid");
    ASSERT_TRUE(outcome_.result->error.has_value()) << answer;
    EXPECT_EQ(*outcome_.result->error, TransportError::kProxy) << answer << outcome_.result->detail;
    EXPECT_THAT(outcome_.result->detail, HasSubstr(proxy.url())) << answer;
  }
}

TEST_F(ProxyTransportTest, AProxyThatSaysNothingTimesOut) {
  connect_timeout_ = Duration::Millis(200);
  for (const char* scheme : {"http", "https", "socks5h"}) {
    outcome_ = {};
    LoopbackServer proxy([&](LoopbackConnection& peer, int) { peer.ReadUntil("never"); });
    const std::string url = scheme + proxy.url().substr(proxy.url().find(':'));
    Call(url, "https://service.invalid");
    ASSERT_TRUE(outcome_.result->error.has_value()) << scheme;
    EXPECT_EQ(*outcome_.result->error, TransportError::kProxy) << scheme << outcome_.result->detail;
    EXPECT_THAT(outcome_.result->detail, HasSubstr(url)) << scheme;
  }
}

TEST_F(ProxyTransportTest, AProxyThatIsNotThereIsToBlame) {
  std::string url;
  {
    LoopbackServer closed([](LoopbackConnection&, int) {});
    url = closed.url();
  }
  for (const std::string& proxy : {url, "socks5" + url.substr(4), std::string("http://proxy.invalid:3128")}) {
    for (const char* target : {"https://service.invalid", "http://service.invalid"}) {
      outcome_ = {};
      Call(proxy, target);
      ASSERT_TRUE(outcome_.result->error.has_value());
      EXPECT_EQ(*outcome_.result->error, TransportError::kProxy) << proxy << target << outcome_.result->detail;
    }
  }
}

TEST_F(ProxyTransportTest, WithoutTlsTheProxyIsHandedTheRequest) {
  std::string seen;
  LoopbackServer proxy([&](LoopbackConnection& peer, int number) {
    seen = peer.ReadUntil("{\"a\":1}");
    peer.Write(number == 0 ? Answer(200, "ok") : Answer(407, ""));
    peer.Close();
  });
  Call(WithLogin(proxy.url()), "http://service.invalid");
  ASSERT_TRUE(outcome_.result->response.has_value()) << outcome_.result->detail;
  EXPECT_EQ(outcome_.result->response->body, "ok");
  EXPECT_THAT(seen, HasSubstr("POST http://service.invalid/call HTTP/1.1"));
  EXPECT_THAT(seen, HasSubstr("X-Test: 1"));
  outcome_ = {};
  Call(WithLogin(proxy.url()), "http://service.invalid");
  ASSERT_TRUE(outcome_.result->error.has_value());
  EXPECT_EQ(*outcome_.result->error, TransportError::kProxyAuthentication);
}

TEST_F(ProxyTransportTest, WhatCurlSaysIsLoggedWithoutSecrets) {
  class Recorder final : public LogSink {
   public:
    bool Enabled(LogLevel level, std::string_view component) const override {
      return level == LogLevel::kTrace && component == "kvs-net";
    }
    void Write(const LogRecord& record) override { text_.append(record.message).append("\n"); }
    std::string text_;
  };
  const auto log = std::make_shared<Recorder>();
  LoopbackServer proxy([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("{\"a\":1}");
    peer.Write(Answer(200, "{\"body\":1}", "Set-Cookie: hush\r\nX-Fine: yes\r\n"));
    peer.Close();
  });
  extra_headers_ = {{"Authorization", "AWS4 hush"}, {"x-amz-security-token", "hush"}};
  Call(WithLogin(proxy.url()), "http://service.invalid", log);
  ASSERT_TRUE(outcome_.result->response.has_value()) << outcome_.result->detail;
  EXPECT_THAT(log->text_, HasSubstr("> POST http://service.invalid/call HTTP/1.1\n"));
  EXPECT_THAT(log->text_, HasSubstr("> Authorization: ***\n"));
  EXPECT_THAT(log->text_, HasSubstr("> x-amz-security-token: ***\n"));
  EXPECT_THAT(log->text_, HasSubstr("> Proxy-Authorization: ***\n"));
  EXPECT_THAT(log->text_, HasSubstr("< Set-Cookie: ***\n"));
  EXPECT_THAT(log->text_, HasSubstr("< X-Fine: yes\n"));
  EXPECT_THAT(log->text_, HasSubstr("* "));
  for (const char* secret : {"hush", "bWU6aHVzaCE", "'me'", "body"}) {
    EXPECT_THAT(log->text_, Not(HasSubstr(secret)));
  }
}

TEST_F(CurlTransportTest, OnlyAddressesOfTheVersionAreConnectedTo) {
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    peer.ReadUntil("{\"a\":1}");
    peer.Write(Answer(200, "ok"));
  });
  const std::string url = "http://localhost:" + std::to_string(server.port());  // libcurl knows it as both
  for (const IpVersion version : {IpVersion::kV6, IpVersion::kAny, IpVersion::kV4}) {
    outcome_ = {};
    auto route = std::make_shared<Route>();
    route->ip_version = version;
    TransferOptions options;
    options.route = route;
    Start(url, options);
    Run();
    ASSERT_TRUE(outcome_.result.has_value());
    EXPECT_EQ(outcome_.result->response.has_value(), version != IpVersion::kV6) << outcome_.result->detail;
  }
}

TEST(NetworkLoopTest, RunsPostedTasksAndTimers) {
  SystemClock clock;
  NetworkLoop loop(clock);
  std::string order;
  std::thread poster([&] { loop.Post([&] { order += "posted "; }); });
  const auto timer = loop.timers().Add([&] { order += "timer "; });
  loop.timers().Set(timer, clock.Mono());
  poster.join();
  loop.RunOnce(Duration());
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
  loop.Wake();
  runner.join();
}

// A server that talks to one device only.
class ClientIdentityTest : public CurlTransportTest {
 protected:
  ClientIdentityTest() {
    folder_ = std::filesystem::temp_directory_path() / ("kvs-identity-test-" + std::to_string(::getpid()));
    emulator::Options options;
    EXPECT_EQ(emulator::ParseOptions({"--iot-port", "0", "--tls-dir", (folder_ / "known").string()}, &options), "");
    server_ = std::make_unique<emulator::Server>(options);
    EXPECT_EQ(server_->Start(), "");
    thread_ = std::thread([this] { server_->Run(); });
    known_ = IdentityOf(server_->device());
    emulator::TlsIdentity stranger;
    EXPECT_EQ(emulator::MakeDeviceIdentity((folder_ / "stranger").string(), &stranger), "");
    stranger_ = IdentityOf(stranger);
  }
  ~ClientIdentityTest() override {
    server_->Stop();
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  static std::string ReadFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static std::shared_ptr<const ClientIdentity> IdentityOf(const emulator::TlsIdentity& files) {
    auto identity = std::make_shared<ClientIdentity>();
    identity->certificate = ReadFile(files.certificate_file);
    identity->key = Secret(ReadFile(files.key_file));
    return identity;
  }
  // The status of the answer to somebody; 0: there was none.
  int Get(std::shared_ptr<const ClientIdentity> identity) {
    service::HttpRequest request;
    request.method = "GET";
    request.url = "https://" + server_->iot_endpoint() + "/role-aliases/a/credentials";
    TransferOptions options;
    options.ca_path = server_->ca_file();
    options.identity = std::move(identity);
    outcome_ = {};
    loop_->transport()->Start(std::move(request), options, std::make_unique<Collector>(outcome_, std::vector<std::string>(), false));
    Run();
    return outcome_.result && outcome_.result->response ? outcome_.result->response->status : 0;
  }

  std::filesystem::path folder_;
  std::unique_ptr<emulator::Server> server_;
  std::thread thread_;
  std::shared_ptr<const ClientIdentity> known_;
  std::shared_ptr<const ClientIdentity> stranger_;
};

TEST_F(ClientIdentityTest, IsShownToAHostThatAsks) {
  EXPECT_EQ(Get(known_), 200);
  EXPECT_NE(outcome_.result->response->body.find("accessKeyId"), std::string::npos);
}

TEST_F(ClientIdentityTest, NobodyElseGetsItsConnectionOrItsSession) {
  EXPECT_EQ(Get(known_), 200);
  EXPECT_EQ(Get(nullptr), 0);
  EXPECT_EQ(Get(stranger_), 0);
  ASSERT_TRUE(outcome_.result && outcome_.result->error);
  EXPECT_EQ(Get(known_), 200);
}

}  // namespace
}  // namespace kvs::net
