#include "emulator/server/server.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/server/http_response.h"
#include "tests/unit/emulator/mkv_builder.h"
#include "tests/unit/emulator/signer.h"
#include "tests/unit/emulator/socket_client.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""ms;
using testing::Buffer;
using ::testing::HasSubstr;
using testing::Join;
using ::testing::Not;
using testing::SocketClient;
using ::testing::StartsWith;
using testing::VideoFragment;
using testing::VideoHeader;
namespace fs = std::filesystem;

std::string AsText(const Buffer& bytes) {
  return {bytes.begin(), bytes.end()};
}
std::string Chunk(const Buffer& bytes) {
  return BuildChunk(AsText(bytes));
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A server of its own on a free port, in a thread, with a folder that goes away.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    static std::atomic<int> counter{0};
    folder_ = fs::temp_directory_path() /
              ("kvs-local-test-" + std::to_string(::getpid()) + "-" + std::to_string(++counter));
    fs::create_directories(folder_);
  }
  ~ServerTest() override {
    StopServer();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void StartServer(std::vector<std::string> arguments = {"--no-auth"}) {
    Options options;
    arguments.insert(arguments.end(),
                     {"--stream", "s", "--data", Path("data"), "--events", Path("events")});
    ASSERT_EQ(ParseOptions(arguments, &options), "");
    server_ = std::make_unique<Server>(options);
    ASSERT_EQ(server_->Start(), "");
    thread_ = std::thread([this] { server_->Run(); });
  }
  void StopServer() {
    if (thread_.joinable()) {
      server_->Stop();
      thread_.join();
    }
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::uint16_t port() const { return server_->port(); }

  static std::string PutMediaHead(const std::string& more = "") {
    return "POST /putMedia HTTP/1.1\r\nHost: localhost\r\nx-amzn-stream-name: s\r\n"
           "x-amzn-fragment-timecode-type: ABSOLUTE\r\nTransfer-Encoding: chunked\r\n" +
           more + "\r\n";
  }
  // The whole answer to a request with a body, on a connection of its own.
  std::string Request(const std::string& method, const std::string& path, const std::string& body,
                      const std::string& more = "") {
    SocketClient client(port());
    client.Send(method + " " + path + " HTTP/1.1\r\nHost: localhost:" + std::to_string(port()) +
                "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
                more + "\r\n" + body);
    return client.ReadAll();
  }
  std::string Admin(const std::string& method, const std::string& path,
                    const std::string& body = "") {
    const std::string answer = Request(method, "/_local/" + path, body);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    return answer;
  }

  // The headers of a POST that is signed now.
  static std::string SignedHeaders(const testing::Signer& signer, const std::string& path,
                                   const std::string& host, const std::string& payload) {
    const std::time_t seconds = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 20> date{};
    std::strftime(date.data(), date.size(), "%Y%m%dT%H%M%SZ", &parts);
    const std::map<std::string, std::string> headers = {{"host", host},
                                                        {"x-amz-date", date.data()}};
    return "X-Amz-Date: " + std::string(date.data()) + "\r\nAuthorization: " +
           signer.Authorize("POST", path, "", headers, testing::Hex(testing::Sha256(payload))) +
           "\r\n";
  }

  fs::path folder_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, AnswersControlPlaneCalls) {
  StartServer();
  const std::string answer = Request("POST", "/describeStream", R"({"StreamName":"s"})");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, HasSubstr("\r\nx-amzn-RequestId: "));
  EXPECT_THAT(answer, HasSubstr(R"("Status":"ACTIVE")"));
  const std::string missing = Request("POST", "/describeStream", R"({"StreamName":"t"})");
  EXPECT_THAT(missing, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(missing, HasSubstr("x-amzn-ErrorType: ResourceNotFoundException\r\n"));
  EXPECT_THAT(missing, HasSubstr(R"({"Message":)"));
  EXPECT_THAT(Request("GET", "/", ""), HasSubstr("UnknownOperationException"));
  EXPECT_THAT(Request("POST", "/getDataEndpoint", R"({"StreamName":"s","APIName":"PUT_MEDIA"})"),
              HasSubstr(R"({"DataEndpoint":"http://localhost:)" + std::to_string(port()) + "\"}"));
}

TEST_F(ServerTest, KeepsConnectionsOpenBetweenCalls) {
  StartServer();
  SocketClient client(port());
  const std::string request =
      "POST /listStreams HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
  for (int i = 0; i < 3; ++i) {
    client.Forget();
    ASSERT_TRUE(client.Send(request));
    ASSERT_TRUE(client.ReadUntil("StreamInfoList"));
  }
  // Two in one go, the second body chunked.
  client.Forget();
  ASSERT_TRUE(client.Send(request +
                          "POST /describeStream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n12\r\n{\"StreamName\":\"s\"}\r\n0\r\n\r\n"));
  EXPECT_TRUE(client.ReadUntil("StreamInfoList"));
  EXPECT_TRUE(client.ReadUntil("\"StreamInfo\":"));
}

TEST_F(ServerTest, AcksWhileTheBodyIsStillSent) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead()));
  ASSERT_TRUE(client.ReadUntil("\r\n\r\n")) << "the head of the response comes before any byte";
  EXPECT_THAT(client.received(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(client.received(), HasSubstr("Transfer-Encoding: chunked\r\n"));
  ASSERT_TRUE(client.Send(Chunk(Join(VideoHeader(), VideoFragment(1000)))));
  ASSERT_TRUE(client.ReadUntil(R"({"EventType":"BUFFERING","FragmentTimecode":1000)"));
  EXPECT_THAT(client.received(), Not(HasSubstr("RECEIVED")));
  ASSERT_TRUE(client.Send(Chunk(VideoFragment(3000))));
  ASSERT_TRUE(client.ReadUntil(R"({"EventType":"PERSISTED","FragmentTimecode":1000)"));
  ASSERT_TRUE(client.Send("0\r\n\r\n"));
  ASSERT_TRUE(client.ReadUntil(R"({"EventType":"PERSISTED","FragmentTimecode":3000)"));
  ASSERT_TRUE(client.ReadUntil("\r\n0\r\n\r\n"));
  // The connection carries another request.
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(VideoHeader()) + "0\r\n\r\n"));
  client.Forget();
  ASSERT_TRUE(client.ReadUntil("\r\n0\r\n\r\n"));
}

TEST_F(ServerTest, StoresWhatItAcked) {
  StartServer({"--no-auth", "--keep-sessions"});
  const Buffer body = Join(VideoHeader(), VideoFragment(1000), testing::Tag("a", "b"),
                           VideoFragment(3000), testing::EndOfFragment());
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(body) + "0\r\n\r\n"));
  ASSERT_TRUE(client.ReadUntil("\r\n0\r\n\r\n"));
  const fs::path data = folder_ / "data" / "s";
  EXPECT_EQ(ReadFile(data / "session-1.mkv"), AsText(body));
  const std::string list = ReadFile(data / "fragments.jsonl");
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 2);
  EXPECT_THAT(list, HasSubstr(R"("timecode":1000)"));
  EXPECT_THAT(list, HasSubstr(R"("complete_by":"end_of_fragment_tag")"));
  int files = 0;
  for (const auto& entry : fs::directory_iterator(data)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("9")) {
      ++files;
      EXPECT_THAT(list, HasSubstr("\"file\":\"" + name + "\""));
      EXPECT_THAT(ReadFile(entry.path()), StartsWith("\x1A\x45\xDF\xA3"));
    }
  }
  EXPECT_EQ(files, 2);
  EXPECT_THAT(Admin("GET", "streams/s/fragments"), HasSubstr(R"("timecode":3000)"));
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("fragments_persisted":2)"));
  StopServer();
  EXPECT_EQ(server_->Summary(),
            "2 fragments persisted, 0 received only, 0 duplicates, 0 errors, 1 sessions");
  const std::string events = ReadFile(Path("events"));
  for (const char* event : {"listening", "connection", "api", "session_begin", "ack", "fragment",
                            "session_end", "connection_end", "done"}) {
    EXPECT_THAT(events, HasSubstr("\"event\":\"" + std::string(event) + "\""));
  }
}

TEST_F(ServerTest, ContinuesWhenAsked) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead("Expect: 100-continue\r\n")));
  ASSERT_TRUE(client.ReadUntil("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"));
  SocketClient refused(port());
  ASSERT_TRUE(
      refused.Send("POST /putMedia HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                   "x-amzn-stream-name: t\r\nTransfer-Encoding: chunked\r\n\r\n"));
  EXPECT_THAT(refused.ReadAll(), StartsWith("HTTP/1.1 404 "));
}

TEST_F(ServerTest, AnErrorAckReachesAClientThatIsStillSending) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(testing::Text("rubbish"))));
  const std::string more = Chunk(Buffer(64 * 1024, 1));
  for (int i = 0; i < 40 && client.Send(more); ++i) {
  }
  EXPECT_THAT(client.ReadAll(), HasSubstr(R"({"EventType":"ERROR","ErrorId":4006)"));
  EXPECT_THAT(client.received(), HasSubstr("\r\n0\r\n\r\n")) << "the response is complete";
  EXPECT_FALSE(client.was_reset());
}

TEST_F(ServerTest, NoticesALostConnection) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() +
                          Chunk(Join(VideoHeader(), VideoFragment(1000), VideoFragment(3000)))));
  ASSERT_TRUE(client.ReadUntil("\"FragmentTimecode\":3000"));
  client.Reset();
  while (Admin("GET", "stats").find(R"("open_sessions":0)") == std::string::npos) {
    std::this_thread::yield();
  }
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("fragments_persisted":1)"));
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("fragments_discarded":1)"));
}

TEST_F(ServerTest, BadChunkedCodingEndsTheConnection) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() + "zz\r\n"));
  client.ReadAll();
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("open_sessions":0)"));
}

TEST_F(ServerTest, ChecksSignatures) {
  StartServer({});
  const std::string body = R"({"StreamName":"s"})";
  testing::Signer signer;
  const auto signed_headers = [&](const std::string& path, const std::string& host,
                                  const std::string& payload) {
    return SignedHeaders(signer, path, host, payload);
  };
  const std::string host = "localhost:" + std::to_string(port());
  EXPECT_THAT(
      Request("POST", "/describeStream", body, signed_headers("/describeStream", host, body)),
      HasSubstr("ACTIVE"));
  EXPECT_THAT(Request("POST", "/describeStream", body,
                      signed_headers("/describeStream", "localhost", body)),
              HasSubstr("ACTIVE"));
  EXPECT_THAT(Request("POST", "/describeStream", body),
              HasSubstr("MissingAuthenticationTokenException"));
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead(signed_headers("/putMedia", "localhost", ""))));
  EXPECT_TRUE(client.ReadUntil("HTTP/1.1 200 OK"));
  EXPECT_THAT(Admin("POST", "credentials", "OTHER:key"), HasSubstr("{}"));
  signer.access_key = "OTHER";
  EXPECT_THAT(
      Request("POST", "/describeStream", body, signed_headers("/describeStream", host, body)),
      HasSubstr("InvalidSignatureException"));
  signer.secret_key = "key";
  EXPECT_THAT(
      Request("POST", "/describeStream", body, signed_headers("/describeStream", host, body)),
      HasSubstr("ACTIVE"));
  Admin("DELETE", "credentials/OTHER");
  EXPECT_THAT(
      Request("POST", "/describeStream", body, signed_headers("/describeStream", host, body)),
      HasSubstr("UnrecognizedClientException"));
}

TEST_F(ServerTest, SpeaksTls) {
  StartServer({"--no-auth", "--tls", "--tls-dir", Path("tls")});
  EXPECT_THAT(server_->url(), StartsWith("https://127.0.0.1:"));
  SocketClient client(port(), server_->ca_file());
  ASSERT_TRUE(client.connected());
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(Join(VideoHeader(), VideoFragment(1000)))));
  ASSERT_TRUE(client.ReadUntil("BUFFERING"));
  ASSERT_TRUE(client.Send(Chunk(VideoFragment(3000)) + "0\r\n\r\n"));
  EXPECT_TRUE(client.ReadUntil(R"({"EventType":"PERSISTED","FragmentTimecode":3000)"));
  // An error ack arrives although the client goes on sending.
  SocketClient bad(port(), server_->ca_file());
  ASSERT_TRUE(bad.Send(PutMediaHead() + Chunk(testing::Text("rubbish"))));
  const std::string more = Chunk(Buffer(16 * 1024, 1));
  for (int i = 0; i < 20 && bad.Send(more); ++i) {
  }
  EXPECT_THAT(bad.ReadAll(), HasSubstr("4006"));
  // The authority outlives the server.
  const std::string ca = ReadFile(server_->ca_file());
  StopServer();
  StartServer({"--no-auth", "--tls", "--tls-dir", Path("tls")});
  EXPECT_EQ(ReadFile(server_->ca_file()), ca);
}

TEST_F(ServerTest, FaultsEndConnections) {
  StartServer();
  Admin("POST", "faults", "refuse,mode=rst,times=1\n");
  SocketClient refused(port());
  EXPECT_EQ(refused.ReadAll(), "");
  Admin("DELETE", "faults");
  Admin("POST", "faults", "reset,session=1,bytes=200,kind=rst\nclose-after,session=2,kind=fin");
  SocketClient reset(port());
  ASSERT_TRUE(reset.Send(PutMediaHead() + Chunk(Join(VideoHeader(), VideoFragment(1000)))));
  reset.ReadAll();
  EXPECT_TRUE(reset.was_reset());
  SocketClient fin(port());
  ASSERT_TRUE(fin.Send(PutMediaHead() +
                       Chunk(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()))));
  EXPECT_THAT(fin.ReadAll(), HasSubstr("PERSISTED"));
  EXPECT_FALSE(fin.was_reset());
  EXPECT_THAT(fin.received(), Not(HasSubstr("\r\n0\r\n\r\n"))) << "the response is cut";
  EXPECT_THAT(Admin("GET", "faults"), HasSubstr(R"("triggered":1)"));
}

TEST_F(ServerTest, FaultsStopTheListener) {
  StartServer();
  SocketClient admin(port());  // open before
  const std::string spec = "refuse,mode=unlisten,for=300ms";
  ASSERT_TRUE(admin.Send("POST /_local/faults HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                         std::to_string(spec.size()) + "\r\n\r\n" + spec));
  ASSERT_TRUE(admin.ReadUntil("\"ids\""));
  EXPECT_FALSE(SocketClient(port()).connected());
  while (!SocketClient(port()).connected()) {
    std::this_thread::yield();
  }
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("faults_triggered":1)"));
}

class IotTest : public ServerTest {
 protected:
  void StartIot(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--iot-port", "0", "--tls-dir", Path("tls")});
    StartServer(std::move(more));
    const std::string endpoint = server_->iot_endpoint();
    iot_port_ = static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1)));
  }
  // The whole answer to a device.
  std::string Ask(const std::string& path = "/role-aliases/a/credentials", const std::string& thing = "t") {
    SocketClient client(iot_port_, server_->ca_file(), server_->device().certificate_file,
                        server_->device().key_file);
    client.Send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-amzn-iot-thingname: " + thing + "\r\n\r\n");
    return client.ReadAll();
  }
  static std::string Member(const std::string& json, const std::string& name) {
    const std::string begin = "\"" + name + "\":\"";
    const std::size_t at = json.find(begin);
    return at == std::string::npos ? "" : json.substr(at + begin.size(), json.find('"', at + begin.size()) - at - begin.size());
  }
  // What the service says to a call that is signed with what an answer holds.
  std::string Describe(const std::string& answer, const std::string& token) {
    testing::Signer signer;
    signer.access_key = Member(answer, "accessKeyId");
    signer.secret_key = Member(answer, "secretAccessKey");
    const std::string body = R"({"StreamName":"s"})";
    return Request("POST", "/describeStream", body,
                   SignedHeaders(signer, "/describeStream", "localhost", body) +
                       "x-amz-security-token: " + token + "\r\n");
  }

  std::uint16_t iot_port_ = 0;
};

TEST_F(IotTest, WhatADeviceIsGivenTheServiceAccepts) {
  StartIot();
  const std::string answer = Ask();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Member(answer, "accessKeyId"), StartsWith("ASIA"));
  EXPECT_THAT(Member(answer, "expiration"), ::testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_THAT(Describe(answer, Member(answer, "sessionToken")), HasSubstr("ACTIVE"));
  EXPECT_THAT(Describe(answer, "other"), HasSubstr("UnrecognizedClientException"));
  EXPECT_NE(Member(Ask(), "accessKeyId"), Member(answer, "accessKeyId"));
  StopServer();
  const std::string events = ReadFile(Path("events"));
  EXPECT_THAT(events, HasSubstr(R"("api":"assumeRoleWithCertificate")"));
  EXPECT_THAT(events, HasSubstr(R"("event":"credentials","role_alias":"a","thing":"t")"));
  EXPECT_THAT(events, Not(HasSubstr(Member(answer, "secretAccessKey"))));
  EXPECT_THAT(events, Not(HasSubstr(Member(answer, "sessionToken"))));
}

TEST_F(IotTest, RefusesWhatHasExpired) {
  StartIot({"--iot-credential-life", "0"});
  const std::string answer = Ask();
  EXPECT_THAT(Describe(answer, Member(answer, "sessionToken")), HasSubstr("ExpiredTokenException"));
}

TEST_F(IotTest, TalksOnlyToDevicesThatItKnows) {
  StartIot();
  TlsIdentity stranger;
  ASSERT_EQ(MakeDeviceIdentity(Path("stranger"), &stranger), "");
  const std::string request = "GET /role-aliases/a/credentials HTTP/1.1\r\nHost: localhost\r\n\r\n";
  SocketClient nobody(iot_port_, server_->ca_file());
  nobody.Send(request);
  EXPECT_EQ(nobody.ReadAll(), "");
  SocketClient other(iot_port_, server_->ca_file(), stranger.certificate_file, stranger.key_file);
  other.Send(request);
  EXPECT_EQ(other.ReadAll(), "");
  EXPECT_FALSE(SocketClient(iot_port_, stranger.ca_file, server_->device().certificate_file, server_->device().key_file).connected());
}

TEST_F(IotTest, KnowsItsRoleAliasAndItsThing) {
  StartIot({"--iot-role-alias", "a", "--iot-thing", "t"});
  EXPECT_THAT(Ask(), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(Ask("/role-aliases/b/credentials"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Ask("/role-aliases/a/credentials", "u"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(Ask("/describeStream"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Request("GET", "/role-aliases/a/credentials", ""), StartsWith("HTTP/1.1 404 ")) << "not on the other port";
}

TEST_F(IotTest, FaultsActOnIt) {
  StartIot({"--fault", "status,api=assumeRoleWithCertificate,code=403,call=1", "--fault",
            "garbage,api=assumeRoleWithCertificate,call=1", "--fault",
            "delay,api=assumeRoleWithCertificate,ms=100,call=3"});
  EXPECT_THAT(Ask(), StartsWith("HTTP/1.1 403 "));
  const std::string garbage = Ask();
  EXPECT_THAT(garbage, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(garbage, HasSubstr("<html>"));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(Ask(), HasSubstr("accessKeyId"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
}

// Where the other credentials come from.
class CredentialsTest : public IotTest {
 protected:
  void StartCredentials(std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--credentials-port", "0"});
    StartServer(std::move(more));
    const std::string url = server_->credentials_url();
    credentials_port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  }
  // The whole answer to a request on that port.
  std::string AskFor(const std::string& request, const std::string& more = "", const std::string& body = "") {
    SocketClient client(credentials_port_);
    client.Send(request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more +
                "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.ReadAll();
  }
  std::string AskSts(const std::string& body, testing::Signer signer = {}, const std::string& more = "") {
    signer.service = "sts";
    return AskFor("POST /", SignedHeaders(signer, "/", "localhost", body) + more, body);
  }
  std::string ImdsToken(const std::string& seconds = "60") {
    const std::string answer =
        AskFor("PUT /latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: " + seconds + "\r\n");
    return answer.starts_with("HTTP/1.1 200 ") ? answer.substr(answer.find("\r\n\r\n") + 4) : answer;
  }
  std::string AskImds(const std::string& path, const std::string& token, const std::string& more = "") {
    return AskFor("GET /latest/" + path, "X-aws-ec2-metadata-token: " + token + "\r\n" + more);
  }
  static std::string Element(const std::string& xml, const std::string& name) {
    const std::size_t at = xml.find("<" + name + ">");
    return at == std::string::npos ? "" : xml.substr(at + name.size() + 2, xml.find("</", at) - at - name.size() - 2);
  }
  // What the service says to a call that is signed with these.
  std::string Use(const std::string& key, const std::string& secret, const std::string& token) {
    return Describe("\"accessKeyId\":\"" + key + "\",\"secretAccessKey\":\"" + secret + "\"", token);
  }

  static constexpr char kRole[] = "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fr&RoleSessionName=session";
  std::uint16_t credentials_port_ = 0;
};

TEST_F(CredentialsTest, StsGivesWhatTheServiceAccepts) {
  StartCredentials();
  const std::string answer = AskSts(std::string("Action=AssumeRole&Version=2011-06-15") + kRole);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: text/xml\r\n"));
  const std::string key = Element(answer, "AccessKeyId");
  const std::string secret = Element(answer, "SecretAccessKey");
  const std::string token = Element(answer, "SessionToken");
  EXPECT_THAT(Element(answer, "Expiration"), ::testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_THAT(Use(key, secret, token), HasSubstr("ACTIVE"));
  EXPECT_THAT(Use(key, secret, "other"), HasSubstr("UnrecognizedClientException"));
  const std::string arn = "arn:aws:sts::123456789012:assumed-role/r/session";
  EXPECT_EQ(Element(answer, "Arn"), arn);
  testing::Signer signer;
  signer.access_key = key;
  signer.secret_key = secret;
  EXPECT_EQ(Element(AskSts("Action=GetCallerIdentity", signer, "x-amz-security-token: " + token + "\r\n"), "Arn"), arn);
  EXPECT_EQ(Element(AskSts("Action=GetCallerIdentity"), "Arn"), "arn:aws:iam::123456789012:user/kvs-local");
  StopServer();
  const std::string events = ReadFile(Path("events"));
  EXPECT_THAT(events, HasSubstr(R"("api":"assumeRole")"));
  EXPECT_THAT(events, HasSubstr(R"("event":"credentials","source":"sts","role":"r","session_name":"session")"));
  EXPECT_THAT(events, Not(HasSubstr(secret)));
  EXPECT_THAT(events, Not(HasSubstr(token)));
}

TEST_F(CredentialsTest, StsRefusesInItsWords) {
  StartCredentials({"--credentials-role", "r", "--sts-external-id", "e"});
  const std::string good = std::string("Action=AssumeRole&ExternalId=e") + kRole;
  EXPECT_THAT(AskSts(good), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(Element(AskSts(std::string("Action=AssumeRole") + kRole), "Code"), "AccessDenied") << "no external id";
  EXPECT_EQ(Element(AskSts(good + "&DurationSeconds=899"), "Code"), "ValidationError");
  EXPECT_EQ(Element(AskSts(good + "&RoleSessionName=a"), "Code"), "ValidationError");
  EXPECT_EQ(Element(AskSts(good + "&RoleArn=r"), "Code"), "ValidationError");
  const std::string denied = AskSts(good + "&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fother");
  EXPECT_THAT(denied, StartsWith("HTTP/1.1 403 "));
  EXPECT_EQ(Element(denied, "Code"), "AccessDenied");
  EXPECT_THAT(denied, Not(HasSubstr("x-amzn-ErrorType")));
  EXPECT_EQ(Element(AskSts("Action=Dance"), "Code"), "InvalidAction");
  testing::Signer signer;
  signer.secret_key = "wrong";
  EXPECT_EQ(Element(AskSts(good, signer), "Code"), "SignatureDoesNotMatch");
  signer.access_key = "AKIDOFSOMEBODYELSE00";
  EXPECT_EQ(Element(AskSts(good, signer), "Code"), "InvalidClientTokenId");
  EXPECT_EQ(Element(AskFor("POST /", "", good), "Code"), "MissingAuthenticationToken");
  const std::string other = AskFor("POST /", SignedHeaders({}, "/", "localhost", good), good);
  EXPECT_EQ(Element(other, "Code"), "SignatureDoesNotMatch") << "signed for another service";
}

TEST_F(CredentialsTest, WebIdentitiesNeedNoSignature) {
  StartCredentials();
  const std::string body = std::string("Action=AssumeRoleWithWebIdentity&WebIdentityToken=kvslocalWebIdentityToken") + kRole;
  const std::string answer = AskFor("POST /", "", body);
  EXPECT_THAT(Use(Element(answer, "AccessKeyId"), Element(answer, "SecretAccessKey"), Element(answer, "SessionToken")),
              HasSubstr("ACTIVE"));
  EXPECT_EQ(Element(AskFor("POST /", "", body + "%20"), "Code"), "ValidationError") << "the session name is not valid";
  const std::string refused = AskFor("POST /", "", body + "&WebIdentityToken=other");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(Element(refused, "Code"), "InvalidIdentityToken");
}

TEST_F(CredentialsTest, ImdsWantsATokenThatIsNotOld) {
  StartCredentials({"--region", "eu-west-1", "--imds-token-life", "0"});
  EXPECT_THAT(AskFor("GET /latest/meta-data/placement/region"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(AskImds("meta-data/placement/region", ImdsToken()), StartsWith("HTTP/1.1 401 ")) << "an old one";
  EXPECT_THAT(ImdsToken("0"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ImdsToken("21601"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AskFor("PUT /latest/api/token"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(CredentialsTest, ImdsKnowsTheRoleAndTheRegion) {
  StartCredentials({"--credentials-role", "cam"});
  const std::string token = ImdsToken();
  EXPECT_THAT(token, StartsWith("kvslocalImdsSession"));
  const std::string path = "meta-data/iam/security-credentials/";
  EXPECT_THAT(AskImds(path, token), ::testing::EndsWith("\r\n\r\ncam"));
  const std::string answer = AskImds(path + "cam", token);
  EXPECT_THAT(answer, HasSubstr(R"("Code":"Success")"));
  EXPECT_THAT(Use(Member(answer, "AccessKeyId"), Member(answer, "SecretAccessKey"), Member(answer, "Token")),
              HasSubstr("ACTIVE"));
  EXPECT_THAT(AskImds(path + "other", token), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(AskImds("meta-data/placement/region", token), ::testing::EndsWith("\r\n\r\nus-west-2"));
  EXPECT_THAT(AskImds("dynamic/instance-identity/document", token), HasSubstr(R"("region":"us-west-2")"));
  EXPECT_THAT(AskImds(path, token, "X-Forwarded-For: 10.0.0.1\r\n"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(CredentialsTest, SsoGivesCredentialsForATokenAndATokenForARefreshToken) {
  StartCredentials();
  const std::string ask = "GET /federation/credentials?role_name=r&account_id=123456789012";
  const std::string answer = AskFor(ask, "x-amz-sso_bearer_token: kvslocalSsoAccessToken\r\n");
  EXPECT_THAT(answer, HasSubstr(R"("expiration":1)")) << "a number";
  EXPECT_THAT(Describe(answer, Member(answer, "sessionToken")), HasSubstr("ACTIVE"));
  const std::string refused = AskFor(ask, "x-amz-sso_bearer_token: other\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(refused, HasSubstr("x-amzn-ErrorType: UnauthorizedException\r\n"));
  EXPECT_THAT(refused, HasSubstr(R"({"message":)"));
  const auto refresh = [this](const std::string& token) {
    return AskFor("POST /token", "", R"({"clientId":"c","clientSecret":"s","grantType":"refresh_token","refreshToken":")" + token + "\"}");
  };
  const std::string first = refresh("kvslocalSsoRefreshToken");
  EXPECT_THAT(AskFor(ask, "x-amz-sso_bearer_token: " + Member(first, "accessToken") + "\r\n"), HasSubstr("accessKeyId"));
  EXPECT_THAT(refresh(Member(first, "refreshToken")), HasSubstr(R"("expiresIn":28800)"));
  EXPECT_THAT(refresh("other"), HasSubstr(R"("error":"invalid_grant")"));
  EXPECT_THAT(AskFor("POST /token", "", "{"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(CredentialsTest, SsoTokensExpireAndRolesMayBeRefused) {
  StartCredentials({"--sso-token-life", "0", "--credentials-role", "other"});
  const std::string given = AskFor(
      "POST /token", "",
      R"({"clientId":"c","clientSecret":"s","grantType":"refresh_token","refreshToken":"kvslocalSsoRefreshToken"})");
  const std::string ask = "GET /federation/credentials?role_name=r&account_id=123456789012";
  EXPECT_THAT(AskFor(ask, "x-amz-sso_bearer_token: " + Member(given, "accessToken") + "\r\n"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(AskFor(ask, "x-amz-sso_bearer_token: kvslocalSsoAccessToken\r\n"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(CredentialsTest, ContainersShowTheirToken) {
  StartCredentials({"--container-token", "secret"});
  for (const char* path : {"GET /v2/credentials/0-1", "GET /v1/credentials"}) {
    const std::string answer = AskFor(path, "Authorization: secret\r\n");
    EXPECT_THAT(Use(Member(answer, "AccessKeyId"), Member(answer, "SecretAccessKey"), Member(answer, "Token")),
                HasSubstr("ACTIVE"));
    EXPECT_THAT(AskFor(path), StartsWith("HTTP/1.1 401 "));
  }
  EXPECT_THAT(AskFor("GET /v2/credentials/", "Authorization: secret\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(Request("GET", "/v1/credentials", "", "Authorization: secret\r\n"), StartsWith("HTTP/1.1 404 "))
      << "not on the other port";
}

TEST_F(CredentialsTest, WhatTheyGaveExpires) {
  StartCredentials({"--credentials-life", "0"});
  const std::string answer = AskFor("GET /v1/credentials");
  EXPECT_THAT(Use(Member(answer, "AccessKeyId"), Member(answer, "SecretAccessKey"), Member(answer, "Token")),
              HasSubstr("ExpiredTokenException"));
}

TEST_F(CredentialsTest, FaultsActOnThem) {
  StartCredentials({"--fault", "status,api=assumeRole,code=503,error=ServiceUnavailable", "--fault",
                    "status,api=imdsToken,code=403", "--fault", "garbage,api=containerCredentials", "--fault",
                    "status,api=ssoGetRoleCredentials,code=429,error=TooManyRequestsException", "--fault",
                    "delay,api=assumeRoleWithWebIdentity,ms=100"});
  const std::string sts = AskSts(std::string("Action=AssumeRole") + kRole);
  EXPECT_THAT(sts, StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(Element(sts, "Code"), "ServiceUnavailable");
  EXPECT_EQ(Element(sts, "Type"), "Receiver");
  EXPECT_THAT(ImdsToken(), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(AskFor("GET /v1/credentials"), HasSubstr("<html>"));
  EXPECT_THAT(AskFor("GET /federation/credentials?role_name=r&account_id=1"), StartsWith("HTTP/1.1 429 "));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(AskFor("POST /", "", std::string("Action=AssumeRoleWithWebIdentity&WebIdentityToken=kvslocalWebIdentityToken") + kRole),
              HasSubstr("AccessKeyId"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
}

TEST_F(ServerTest, FaultsBreakTlsAndDelayAnswers) {
  StartServer({"--no-auth", "--tls", "--tls-dir", Path("tls"), "--fault", "tls-fail,call=1",
               "--fault", "delay,api=listStreams,ms=50", "--fault", "status,code=503,call=2"});
  EXPECT_FALSE(SocketClient(port(), server_->ca_file()).connected());
  SocketClient client(port(), server_->ca_file());
  ASSERT_TRUE(client.connected());
  const std::string request =
      "POST /listStreams HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}";
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(client.Send(request));
  ASSERT_TRUE(client.ReadUntil("StreamInfoList"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 50ms);
  ASSERT_TRUE(client.Send(request));
  EXPECT_TRUE(client.ReadUntil("HTTP/1.1 503 "));
}

TEST_F(ServerTest, AFrozenSessionGoesOnWhenTheFaultIsRemoved) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(VideoHeader())));
  ASSERT_TRUE(client.ReadUntil("\r\n\r\n"));
  Admin("POST", "faults", "freeze,session=open");
  ASSERT_TRUE(client.Send(Chunk(VideoFragment(1000)) + "0\r\n\r\n"));
  while (Admin("GET", "faults").find(R"("triggered":1)") == std::string::npos) {
    std::this_thread::yield();
  }
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("fragments_persisted":0)"));
  Admin("DELETE", "faults");
  EXPECT_TRUE(client.ReadUntil("PERSISTED"));
}

TEST_F(ServerTest, ABadFaultIsRefused) {
  StartServer();
  const std::string answer = Request("POST", "/_local/faults", "refuse\nexplode\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(answer, HasSubstr("explode"));
  EXPECT_THAT(Admin("GET", "faults"), HasSubstr(R"({"faults":[]})"));
}

TEST_F(ServerTest, ResetForgetsEverything) {
  StartServer();
  SocketClient client(port());
  ASSERT_TRUE(client.Send(PutMediaHead() + Chunk(VideoHeader())));
  ASSERT_TRUE(client.ReadUntil("\r\n\r\n"));
  Admin("POST", "reset");
  client.ReadAll();
  EXPECT_TRUE(client.was_reset());
  EXPECT_THAT(Request("POST", "/describeStream", R"({"StreamName":"s"})"),
              StartsWith("HTTP/1.1 404 "));
}

TEST_F(ServerTest, CarriesHundredsOfSessions) {
  constexpr int kSessions = 200;
  StartServer({"--no-auth", "--put-media-tps", "0", "--max-sessions", "0"});
  std::vector<std::unique_ptr<SocketClient>> clients;
  for (int i = 0; i < kSessions; ++i) {
    clients.push_back(std::make_unique<SocketClient>(port()));
    ASSERT_TRUE(clients.back()->Send(PutMediaHead() + Chunk(VideoHeader())));
  }
  std::uint64_t timecode = 1000;
  for (const auto& client : clients) {
    ASSERT_TRUE(client->Send(Chunk(VideoFragment(timecode)) + "0\r\n\r\n"));
    timecode += 2000;
  }
  for (const auto& client : clients) {
    ASSERT_TRUE(client->ReadUntil("PERSISTED"));
  }
  EXPECT_THAT(Admin("GET", "stats"), HasSubstr(R"("fragments_persisted":200)"));
}

TEST_F(ServerTest, EndsOpenSessionsWhenItStops) {
  StartServer({"--no-auth", "--ack-delay-persisted", "1h"});
  SocketClient client(port());
  ASSERT_TRUE(client.Send(
      PutMediaHead() + Chunk(Join(VideoHeader(), VideoFragment(1000), testing::EndOfFragment()))));
  ASSERT_TRUE(client.ReadUntil("RECEIVED"));
  server_->Stop();
  EXPECT_THAT(client.ReadAll(), HasSubstr("PERSISTED"));
  StopServer();
  EXPECT_EQ(server_->Totals().fragments_persisted, 1U) << "stored at the end";
  EXPECT_THAT(ReadFile(Path("events")), HasSubstr(R"("reason":"shutdown")"));
}

TEST_F(ServerTest, WritesItsPort) {
  StartServer({"--no-auth", "--port-file", Path("port")});
  EXPECT_EQ(ReadFile(Path("port")), std::to_string(port()) + "\n");
}

TEST_F(ServerTest, SaysWhyItCannotStart) {
  StartServer();
  Options options;
  options.port = port();
  EXPECT_THAT(Server(options).Start(), HasSubstr("cannot listen"));
  Options bad_stream;
  bad_stream.streams.emplace_back("a b", 1);
  EXPECT_THAT(Server(bad_stream).Start(), HasSubstr("StreamName"));
  Options bad_tls;
  bad_tls.tls = true;
  bad_tls.certificate_file = bad_tls.key_file = Path("missing");
  EXPECT_NE(Server(bad_tls).Start(), "");
}

}  // namespace
}  // namespace kvs::emulator
