// The requests and answers of each call.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/service/create_stream.h"
#include "producer/service/describe_stream.h"
#include "producer/service/get_data_endpoint.h"
#include "producer/service/put_media.h"
#include "producer/service/tag_stream.h"

namespace kvs::service {
namespace {

using testing::HasSubstr;

constexpr char kArn[] = "arn:aws:kinesisvideo:us-west-2:111122223333:stream/door/1440938160000";
const CallContext kContext = {"https://control.example", "agent/1"};

HttpResponse Ok(std::string body) {
  return {200, {{"x-amzn-RequestId", "r-1"}}, std::move(body)};
}

HttpResponse NotFound() {
  return {404, {{"x-amzn-ErrorType", "ResourceNotFoundException"}}, R"({"Message":"no"})"};
}

std::string Header(const HttpRequest& request, std::string_view name) {
  const std::string* value = FindHeader(request.headers, name);
  return value != nullptr ? *value : "(none)";
}

TEST(DescribeStreamTest, MakesTheRequest) {
  const Result<HttpRequest> request = MakeDescribeStreamRequest(kContext, "door");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url, "https://control.example/describeStream");
  EXPECT_EQ(request->body, R"({"StreamName":"door"})");
  EXPECT_EQ(Header(*request, "content-type"), "application/json");
  EXPECT_EQ(Header(*request, "user-agent"), "agent/1");
  EXPECT_EQ(MakeDescribeStreamRequest(kContext, "a b").status().code(),
            StatusCode::kInvalidArgument);
}

TEST(DescribeStreamTest, ReadsTheAnswer) {
  const Result<StreamDescription> stream = ParseDescribeStreamResponse(
      Ok(R"({"StreamInfo":{"CreationTime":1.44093816E9,"DataRetentionInHours":24,"DeviceName":"cam",
          "KmsKeyId":"key","MediaType":"video/h264","Status":"ACTIVE","StreamARN":")" +
         std::string(kArn) + R"(","StreamName":"door","Version":"v1","New":{"x":[1]}}})"),
      "door");
  ASSERT_TRUE(stream.ok()) << stream.status().ToString();
  EXPECT_EQ(stream->stream_name, "door");
  EXPECT_EQ(stream->stream_arn, kArn);
  EXPECT_EQ(stream->device_name, "cam");
  EXPECT_EQ(stream->media_type, "video/h264");
  EXPECT_EQ(stream->kms_key_id, "key");
  EXPECT_EQ(stream->version, "v1");
  EXPECT_EQ(stream->state, StreamState::kActive);
  EXPECT_EQ(stream->retention, Duration::Hours(24));
}

StreamState StateOf(const std::string& text) {
  const Result<StreamDescription> stream = ParseDescribeStreamResponse(
      Ok(R"({"StreamInfo":{"Status":")" + text + R"(","StreamARN":")" + kArn + R"("}})"), "door");
  EXPECT_TRUE(stream.ok());
  return stream->state;
}

TEST(DescribeStreamTest, ReadsEachState) {
  EXPECT_EQ(StateOf("CREATING"), StreamState::kCreating);
  EXPECT_EQ(StateOf("ACTIVE"), StreamState::kActive);
  EXPECT_EQ(StateOf("UPDATING"), StreamState::kUpdating);
  EXPECT_EQ(StateOf("DELETING"), StreamState::kDeleting);
  EXPECT_EQ(StateOf("ARCHIVING"), StreamState::kUnknown);
  EXPECT_EQ(StateOf("unknown"), StreamState::kUnknown);
}

TEST(DescribeStreamTest, RefusesAnswersThatMakeNoSense) {
  const std::string arn = std::string("\"StreamARN\":\"") + kArn + "\"";
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string("not json"),
        std::string(R"({"StreamInfo":{}})"), "{\"StreamInfo\":{" + arn + "}}", "{" + arn + "}",
        std::string(R"({"StreamInfo":{"Status":"ACTIVE"}})"),
        std::string(R"({"StreamInfo":{"Status":"ACTIVE","StreamARN":"junk"}})"),
        "{\"StreamInfo\":{\"Status\":\"ACTIVE\",\"DataRetentionInHours\":-1," + arn + "}}",
        "{\"StreamInfo\":{\"Status\":\"ACTIVE\",\"x\":\"" + std::string(kMaxResponseBytes, 'x') +
            "\"," + arn + "}}"}) {
    const Status status = ParseDescribeStreamResponse(Ok(body), "door").status();
    EXPECT_EQ(status.code(), StatusCode::kBadResponse) << body.substr(0, 80);
    EXPECT_EQ(status.request_id(), "r-1");
    EXPECT_THAT(status.message(), HasSubstr("DescribeStream of stream \"door\""));
  }
}

TEST(DescribeStreamTest, AMissingStreamIsKnown) {
  EXPECT_EQ(ParseDescribeStreamResponse(NotFound(), "door").status().code(),
            StatusCode::kStreamNotFound);
}

TEST(CreateStreamTest, MakesTheRequestWithMembersInOrder) {
  const CreateStreamArguments arguments = {"door", "cam", "video/h264,audio/aac", "key",
                                           Duration::Minutes(150)};
  const Result<HttpRequest> request = MakeCreateStreamRequest(kContext, arguments);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->url, "https://control.example/createStream");
  EXPECT_EQ(request->body,
            R"({"DeviceName":"cam","StreamName":"door","MediaType":"video/h264,audio/aac",)"
            R"("KmsKeyId":"key","DataRetentionInHours":2})");
}

TEST(CreateStreamTest, LeavesOutWhatIsEmpty) {
  const Result<HttpRequest> request = MakeCreateStreamRequest(kContext, {"door", "", "", "", {}});
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->body, R"({"StreamName":"door","DataRetentionInHours":0})");
}

TEST(CreateStreamTest, ChecksEachArgument) {
  const auto code = [](CreateStreamArguments arguments) {
    return MakeCreateStreamRequest(kContext, arguments).status().code();
  };
  EXPECT_EQ(code({"", "", "", "", {}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({"door", "a b", "", "", {}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({"door", "", "video", "", {}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({"door", "", "", "k\n", {}}), StatusCode::kInvalidArgument);
  EXPECT_EQ(code({"door", "", "", "", Duration::Seconds(-1)}), StatusCode::kInvalidArgument);
}

TEST(CreateStreamTest, ReadsTheAnswer) {
  EXPECT_EQ(*ParseCreateStreamResponse(Ok(std::string(R"({"StreamARN":")") + kArn + "\"}"), "door"),
            kArn);
  EXPECT_EQ(ParseCreateStreamResponse(Ok("{}"), "door").status().code(), StatusCode::kBadResponse);
  const HttpResponse race = {400, {{"x-amzn-ErrorType", "ResourceInUseException"}}, ""};
  EXPECT_EQ(ParseCreateStreamResponse(race, "door").status().code(), StatusCode::kResourceInUse);
}

TEST(TagStreamTest, EscapesTags) {
  const std::vector<Tag> tags = {{"z", "say \"hi\""}, {"a\\", ""}};
  const Result<HttpRequest> request = MakeTagStreamRequest(kContext, kArn, tags);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->url, "https://control.example/tagStream");
  EXPECT_EQ(request->body,
            "{\"StreamARN\":\"" + std::string(kArn) + R"(","Tags":{"z":"say \"hi\"","a\\":""}})");
}

TEST(TagStreamTest, SendsTheLargestSetOfTags) {
  std::vector<Tag> tags;
  for (int i = 100; i < 150; ++i) {
    tags.emplace_back(std::to_string(i) + std::string(125, 'n'), std::string(256, 'v'));
  }
  const Result<HttpRequest> request = MakeTagStreamRequest(kContext, kArn, tags);
  ASSERT_TRUE(request.ok());
  EXPECT_GT(request->body.size(), 50u * (128 + 256));
}

TEST(TagStreamTest, ChecksItsArguments) {
  const std::vector<Tag> tags = {{"a", "b"}};
  EXPECT_FALSE(MakeTagStreamRequest(kContext, "", tags).ok());
  EXPECT_FALSE(MakeTagStreamRequest(kContext, kArn, {}).ok());
  const std::vector<Tag> bad = {{"", "b"}};
  EXPECT_FALSE(MakeTagStreamRequest(kContext, kArn, bad).ok());
}

TEST(TagStreamTest, ReadsTheAnswer) {
  EXPECT_TRUE(ParseTagStreamResponse(Ok(""), "door").ok());
  EXPECT_EQ(ParseTagStreamResponse(NotFound(), "door").code(), StatusCode::kStreamNotFound);
}

TEST(GetDataEndpointTest, MakesTheRequest) {
  const Result<HttpRequest> request = MakeGetDataEndpointRequest(kContext, "door");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->url, "https://control.example/getDataEndpoint");
  EXPECT_EQ(request->body, R"({"StreamName":"door","APIName":"PUT_MEDIA"})");
  EXPECT_FALSE(MakeGetDataEndpointRequest(kContext, "").ok());
}

TEST(GetDataEndpointTest, ReadsTheAnswer) {
  EXPECT_EQ(
      *ParseGetDataEndpointResponse(
          Ok(R"({"DataEndpoint":"https://s-1.kinesisvideo.us-west-2.amazonaws.com/"})"), "door"),
      "https://s-1.kinesisvideo.us-west-2.amazonaws.com");
  EXPECT_EQ(*ParseGetDataEndpointResponse(Ok(R"({"DataEndpoint":"http://127.0.0.1:1234"})"), "d"),
            "http://127.0.0.1:1234");
  for (const char* body : {"{}", R"({"DataEndpoint":5})", R"({"DataEndpoint":""})",
                           R"({"DataEndpoint":"ftp://x"})", R"({"DataEndpoint":"https://a b"})"}) {
    EXPECT_EQ(ParseGetDataEndpointResponse(Ok(body), "door").status().code(),
              StatusCode::kBadResponse)
        << body;
  }
  EXPECT_EQ(ParseGetDataEndpointResponse(NotFound(), "door").status().code(),
            StatusCode::kStreamNotFound);
}

TEST(PutMediaTest, MakesTheHead) {
  const CallContext data = {"https://data.example", "agent/1"};
  PutMediaArguments arguments;
  arguments.stream_name = "door";
  arguments.producer_start = WallTime::FromMillis(1'440'938'160'007);
  Result<HttpRequest> request = MakePutMediaRequest(data, arguments);
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->url, "https://data.example/putMedia");
  EXPECT_EQ(request->body, "");
  EXPECT_EQ(Header(*request, "x-amzn-stream-name"), "door");
  EXPECT_EQ(Header(*request, "x-amzn-producer-start-timestamp"), "1440938160.007");
  EXPECT_EQ(Header(*request, "x-amzn-fragment-acknowledgment-required"), "1");
  EXPECT_EQ(Header(*request, "x-amzn-fragment-timecode-type"), "ABSOLUTE");
  EXPECT_EQ(Header(*request, "transfer-encoding"), "chunked");
  EXPECT_EQ(Header(*request, "user-agent"), "agent/1");

  arguments.ack_required = false;
  arguments.timecode_type = FragmentTimecodeType::kRelative;
  request = MakePutMediaRequest(data, arguments);
  EXPECT_EQ(Header(*request, "x-amzn-fragment-acknowledgment-required"), "0");
  EXPECT_EQ(Header(*request, "x-amzn-fragment-timecode-type"), "RELATIVE");
}

TEST(PutMediaTest, WritesThreeDigitsOfMilliseconds) {
  EXPECT_EQ(FormatProducerTimestamp(WallTime::FromMillis(5)), "0.005");
  EXPECT_EQ(FormatProducerTimestamp(WallTime::FromMillis(1'050)), "1.050");
  EXPECT_EQ(FormatProducerTimestamp(WallTime::FromMillis(1'999)), "1.999");
  EXPECT_EQ(FormatProducerTimestamp(WallTime::FromSeconds(2)), "2.000");
  EXPECT_EQ(FormatProducerTimestamp(WallTime::FromNanos(1'999'999'999)), "1.999");
}

TEST(PutMediaTest, ChecksItsArguments) {
  PutMediaArguments arguments;
  arguments.stream_name = "a\r\nb";
  EXPECT_FALSE(MakePutMediaRequest(kContext, arguments).ok());
  arguments.stream_name = "door";
  arguments.producer_start = WallTime::FromNanos(-1);
  EXPECT_FALSE(MakePutMediaRequest(kContext, arguments).ok());
}

}  // namespace
}  // namespace kvs::service
