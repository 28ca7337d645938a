#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/server/help_text.h"
#include "emulator/server/http_request.h"
#include "emulator/server/http_response.h"
#include "emulator/server/options.h"
#include "emulator/server/query_text.h"
#include "emulator/server/sts_endpoint.h"

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

std::span<const std::uint8_t> AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(HttpHeadParserTest, ReadsAHeadInPieces) {
  const std::string text =
      "POST /putMedia?a=b HTTP/1.1\r\nHost: x:1\r\nX-Two: 1\r\nx-two: 2\r\n"
      "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n5\r\nhello";
  for (const std::size_t step : {1U, 7U, 1000U}) {
    HttpHeadParser parser;
    std::string buffer;
    std::size_t at = 0;
    auto result = HttpHeadParser::Result::kNeedMore;
    while (result == HttpHeadParser::Result::kNeedMore && at < text.size()) {
      buffer += text.substr(at, step);
      at += step;
      std::size_t consumed = 0;
      result = parser.Feed(AsBytes(buffer), &consumed);
      buffer.erase(0, consumed);
    }
    ASSERT_EQ(result, HttpHeadParser::Result::kDone);
    const HttpRequest request = parser.Take();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/putMedia");
    EXPECT_EQ(request.query, "a=b");
    EXPECT_EQ(request.Header("HOST"), "x:1");
    EXPECT_EQ(request.Header("x-two"), "1");
    EXPECT_TRUE(request.chunked);
    EXPECT_TRUE(request.expects_continue);
    EXPECT_TRUE(request.keep_alive);
    EXPECT_EQ(request.headers.size(), 5U);
  }
}

TEST(HttpHeadParserTest, ReadsBodiesOfAnyDeclaredLength) {
  HttpHeadParser parser;
  std::size_t consumed = 0;
  const std::string text =
      "POST / HTTP/1.1\r\nContent-Length: 5000000000\r\nConnection: close\r\n\r\n";
  ASSERT_EQ(parser.Feed(AsBytes(text), &consumed), HttpHeadParser::Result::kDone);
  const HttpRequest request = parser.Take();
  EXPECT_EQ(request.content_length, 5'000'000'000U);
  EXPECT_FALSE(request.keep_alive);
}

TEST(HttpHeadParserTest, RefusesOtherThings) {
  std::size_t consumed = 0;
  for (const std::string text :
       {"\x16\x03\x01 TLS hello\r\n\r\n", "GET\r\n\r\n", "POST / FTP/1\r\n\r\n"}) {
    HttpHeadParser parser;
    EXPECT_EQ(parser.Feed(AsBytes(text), &consumed), HttpHeadParser::Result::kBad) << text;
  }
}

std::string Decode(BodyDecoder& decoder, std::string_view text, std::size_t max,
                   std::size_t* left = nullptr) {
  std::string body;
  auto data = AsBytes(text);
  while (!data.empty()) {
    const auto piece = decoder.Next(data, max);
    EXPECT_LE(piece.size(), max);
    if (piece.empty()) {
      break;
    }
    body.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
  if (left != nullptr) {
    *left = data.size();
  }
  return body;
}

HttpRequest Chunked() {
  HttpRequest request;
  request.chunked = true;
  return request;
}

TEST(BodyDecoderTest, TakesChunksApart) {
  const std::string text =
      "5\r\nhello\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nPOST";
  for (const std::size_t max : {1U, 3U, 100U}) {
    BodyDecoder decoder(Chunked());
    std::size_t left = 0;
    EXPECT_EQ(Decode(decoder, text, max, &left), "hello0123456789");
    EXPECT_TRUE(decoder.done());
    EXPECT_EQ(left, 4U) << "the next request is not touched";
  }
}

TEST(BodyDecoderTest, TakesChunksApartAtEveryCut) {
  const std::string text = "5\r\nhello\r\n0a\r\n0123456789\r\n0\r\n\r\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    BodyDecoder decoder(Chunked());
    std::string body = Decode(decoder, text.substr(0, cut), 100);
    EXPECT_EQ(decoder.done(), cut == text.size());
    body += Decode(decoder, text.substr(cut), 100);
    EXPECT_EQ(body, "hello0123456789");
    EXPECT_TRUE(decoder.done());
  }
}

TEST(BodyDecoderTest, RefusesBadChunks) {
  for (const char* text :
       {"x\r\n", "\r\n", "5\r\nhelloworld\r\n", "1234567890ABCDEF0\r\n", "-5\r\n"}) {
    BodyDecoder decoder(Chunked());
    Decode(decoder, text, 100);
    EXPECT_TRUE(decoder.bad()) << text;
  }
}

TEST(BodyDecoderTest, CountsALength) {
  HttpRequest request;
  request.content_length = 5;
  BodyDecoder decoder(request);
  std::size_t left = 0;
  EXPECT_EQ(Decode(decoder, "hel", 100), "hel");
  EXPECT_FALSE(decoder.done());
  EXPECT_EQ(Decode(decoder, "loPOST", 100, &left), "lo");
  EXPECT_TRUE(decoder.done());
  EXPECT_EQ(left, 4U);
  EXPECT_TRUE(BodyDecoder(HttpRequest()).done());
}

TEST(HttpResponseTest, HasWhatEveryAnswerHas) {
  const std::string response =
      BuildResponse(ApiAnswer::Refused({404, "ResourceNotFoundException", "no \"s\""}), "id-1",
                    FromMillis(1'700'000'000'000), true);
  EXPECT_EQ(response,
            "HTTP/1.1 404 Not Found\r\nx-amzn-RequestId: id-1\r\n"
            "Date: Tue, 14 Nov 2023 22:13:20 GMT\r\nContent-Type: application/json\r\n"
            "x-amzn-ErrorType: ResourceNotFoundException\r\nContent-Length: 22\r\n\r\n"
            "{\"Message\":\"no \\\"s\\\"\"}");
  EXPECT_THAT(BuildResponse(ApiAnswer::Ok("{}"), "i", FromMillis(0), false),
              ::testing::HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(BuildChunk("hello world, hello"), "12\r\nhello world, hello\r\n");
}

TEST(QueryTextTest, ReadsForms) {
  const std::map<std::string, std::string> expected = {
      {"Action", "AssumeRole"}, {"RoleArn", "arn:aws:iam::1:role/a b"}, {"Empty", ""}, {"Bare", ""}, {"Rest", "a=b"}};
  EXPECT_EQ(ParseForm("Action=GetIt&Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa+b&Empty=&Bare&&=x&Rest=a=b"),
            expected);
  EXPECT_TRUE(ParseForm("").empty());
  EXPECT_EQ(ParseForm("a=%zz%4")["a"], "%zz%4") << "what is no triple stays";
}

TEST(QueryTextTest, WritesXml) {
  EXPECT_EQ(XmlText("a<b>&\"c\"\n\x01"), "a&lt;b&gt;&amp;\"c\"\n?");
}

TEST(RoleArnTest, TellsRolesFromOtherText) {
  const auto role = ParseRoleArn("arn:aws-cn:iam::123456789012:role/path/to/camera");
  ASSERT_TRUE(role);
  EXPECT_EQ(role->partition, "aws-cn");
  EXPECT_EQ(role->account, "123456789012");
  EXPECT_EQ(role->name, "camera");
  EXPECT_EQ(ParseRoleArn("arn:aws:iam::123456789012:role/a:b")->name, "a:b");
  for (const char* text : {"", "camera", "arn:aws:iam::123456789012:user/camera", "arn:aws:iam::12345678901:role/camera",
                           "arn:aws:iam::12345678901x:role/camera", "arn:aws:iam:eu-west-1:123456789012:role/camera",
                           "arn:aws:sts::123456789012:role/camera", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012",
                           "nra:aws:iam::123456789012:role/camera"}) {
    EXPECT_FALSE(ParseRoleArn(text)) << text;
  }
}

TEST(OptionsTest, ReadsTheCommandLine) {
  Options options;
  EXPECT_EQ(ParseOptions({"--port",
                          "0",
                          "--data=/tmp/x",
                          "--stream",
                          "a",
                          "--stream=b:0",
                          "--ack-delay-persisted",
                          "250ms",
                          "--max-fragment-size",
                          "1M",
                          "--tls",
                          "--keep-sessions",
                          "--fault",
                          "status,code=503",
                          "--region",
                          "eu-west-1",
                          "--fragment-rate-action",
                          "error",
                          "--credential",
                          "a:b:c:5m",
                          "--credentials-port",
                          "0",
                          "--credentials-life=2s"},
                         &options),
            "");
  EXPECT_EQ(options.credentials_port, 0);
  EXPECT_EQ(options.credentials_life, 2s);
  EXPECT_EQ(options.data_dir, "/tmp/x");
  ASSERT_EQ(options.streams.size(), 2U);
  EXPECT_EQ(options.streams[0].second, 24);
  EXPECT_EQ(options.streams[1].second, 0);
  EXPECT_EQ(options.service.session.persisted_delay, 250ms);
  EXPECT_EQ(options.service.session.media.max_fragment_bytes, 1U << 20);
  EXPECT_TRUE(options.tls);
  EXPECT_TRUE(options.region_given);
  EXPECT_TRUE(options.service.session.fragment_rate_is_error);
  EXPECT_TRUE(options.service.session.keep_media);
  EXPECT_EQ(options.faults.size(), 1U);
}

TEST(OptionsTest, SaysWhatIsWrong) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"--unknown"},
                                             {"stray"},
                                             {"--port"},
                                             {"--port", "70000"},
                                             {"--port", "x"},
                                             {"--create-delay", "soon"},
                                             {"--fault", "explode"},
                                             {"--cert", "x"},
                                             {"--keep-sessions"},
                                             {"--stream", ":5"},
                                             {"--stream", "a:x"},
                                             {"--credential", "a"},
                                             {"--fragment-rate-action", "maybe"},
                                             {"--credentials-port", "x"},
                                             {"--credentials-life", "long"},
                                             {"--web-identity-token", ""},
                                             {"--tls=yes"}}) {
    Options options;
    EXPECT_NE(ParseOptions(arguments, &options), "") << arguments[0];
  }
}

TEST(OptionsTest, TheHelpNamesEveryOption) {
  for (const char* name : {"--host",
                           "--port ",
                           "--port-file",
                           "--data",
                           "--keep-sessions",
                           "--events",
                           "--stream",
                           "--region",
                           "--account",
                           "--retention",
                           "--create-delay",
                           "--update-delay",
                           "--delete-delay",
                           "--access-key",
                           "--secret-key",
                           "--session-token",
                           "--credential",
                           "--no-auth",
                           "--tls ",
                           "--cert",
                           "--key",
                           "--tls-dir",
                           "--ack-delay-buffering",
                           "--ack-delay-received",
                           "--ack-delay-persisted",
                           "--idle-ack-interval",
                           "--idle-timeout",
                           "--session-limit",
                           "--keep-open-after-error",
                           "--min-fragment",
                           "--max-fragment",
                           "--max-fragment-size",
                           "--max-future",
                           "--put-media-tps",
                           "--max-sessions",
                           "--fragment-rate",
                           "--fragment-rate-action",
                           "--session-rate",
                           "--control-quotas",
                           "--iot-port",
                           "--iot-client-ca",
                           "--iot-role-alias",
                           "--iot-thing",
                           "--iot-credential-life",
                           "--credentials-port",
                           "--credentials-life",
                           "--credentials-role",
                           "--sts-external-id",
                           "--web-identity-token",
                           "--imds-token-life",
                           "--sso-token ",
                           "--sso-refresh-token",
                           "--sso-token-life",
                           "--container-token",
                           "--receive-buffer",
                           "--fault"}) {
    EXPECT_NE(HelpText().find(name), std::string_view::npos) << name;
  }
}

}  // namespace
}  // namespace kvs::emulator
