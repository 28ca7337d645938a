// The head of a PutMedia request as it goes over the wire, byte by byte. Kept because it was wrong once: Transfer-Encoding stood
// in it twice, which strict servers refuse.
#include <algorithm>
#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "kvs/producer.h"
#include "tests/support/hex.h"
#include "tests/support/loopback_server.h"

namespace kvs {
namespace {

using kvs::test::LoopbackConnection;
using kvs::test::LoopbackServer;

constexpr char kHeadEnd[] = "\r\n\r\n";

std::string JsonAnswer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

int Count(const std::string& text, const std::string& word) {
  int count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// Plays the service up to the head of PutMedia, and answers with that head.
std::string CaptureHead() {
  std::promise<std::string> head;
  std::string url;
  LoopbackServer server([&](LoopbackConnection& peer, int) {
    const std::string request = peer.ReadUntil(kHeadEnd);
    if (request.find("/describeStream") != std::string::npos) {
      peer.Write(JsonAnswer(R"({"StreamInfo":{"StreamName":"door","Status":"ACTIVE","Version":"1",)"
                            R"("StreamARN":"arn:aws:kinesisvideo:us-west-2:123456789012:stream/door/1"}})"));
    } else if (request.find("/getDataEndpoint") != std::string::npos) {
      peer.Write(JsonAnswer("{\"DataEndpoint\":\"" + url + "\"}"));
    } else {
      head.set_value(request);
    }
  });
  url = server.url();

  ProducerConfig config;
  config.region = "us-west-2";
  config.endpoint = url;
  Credentials credentials;
  credentials.access_key_id = "AKIDEXAMPLE";
  credentials.secret_access_key = Secret("secret");
  credentials.session_token = Secret("token");
  config.credentials = MakeStaticCredentials(std::move(credentials));
  auto producer = Producer::Create(std::move(config));
  StreamConfig stream_config;
  stream_config.name = "door";
  auto stream = (*producer)->OpenStream(stream_config, nullptr);
  Track track;
  track.codec_private = kvs::test::Hex("0142c01effe1000c6742c01eda0280f68400000301000468ce3c80");
  EXPECT_TRUE((*stream)->SetTrack(track).ok());
  const auto payload = kvs::test::Hex("000000026588");
  Frame frame;
  frame.pts = MediaTime::FromMillis(1'700'000'000'000);
  frame.key_frame = true;
  frame.data = payload;
  EXPECT_TRUE((*stream)->PutFrame(frame).ok());
  std::string captured = head.get_future().get();
  (*stream)->Stop(Duration());
  return captured;
}

TEST(PutMediaHeadTest, HasEachHeaderOnceAndNothingThatHoldsTheUploadUp) {
  const std::string head = Lower(CaptureHead());
  EXPECT_EQ(head.rfind("post /putmedia http/1.1\r\n", 0), 0u) << head;
  for (const char* name : {"\r\nhost:", "\r\ntransfer-encoding: chunked\r\n", "\r\nauthorization: aws4-hmac-sha256 ",
                           "\r\nx-amz-date:", "\r\nx-amz-security-token: token\r\n", "\r\nx-amzn-stream-name: door\r\n",
                           "\r\nx-amzn-fragment-acknowledgment-required: 1\r\n",
                           "\r\nx-amzn-fragment-timecode-type: absolute\r\n",
                           "\r\nx-amzn-producer-start-timestamp:", "\r\nuser-agent:"}) {
    EXPECT_EQ(Count(head, name), 1) << name << "\n" << head;
  }
  EXPECT_EQ(Count(head, "\r\nexpect:"), 0);
  EXPECT_EQ(Count(head, "\r\ncontent-length:"), 0);
  const std::size_t start = head.find("x-amzn-producer-start-timestamp: ");
  const std::string stamp = head.substr(start + 33, head.find("\r\n", start) - start - 33);
  ASSERT_NE(stamp.find('.'), std::string::npos);
  EXPECT_EQ(stamp.size() - stamp.find('.') - 1, 3u) << stamp;  // milliseconds with all their digits
  const std::size_t signed_headers = head.find("signedheaders=");
  const std::string names = head.substr(signed_headers, head.find(',', signed_headers) - signed_headers);
  EXPECT_NE(names.find("x-amz-security-token"), std::string::npos);
  for (const char* hop : {"connection", "transfer-encoding", "user-agent"}) {
    EXPECT_EQ(names.find(hop), std::string::npos) << names;
  }
}

}  // namespace
}  // namespace kvs
