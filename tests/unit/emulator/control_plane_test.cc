#include "emulator/model/control_plane.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace kvs::emulator {
namespace {

using std::chrono_literals::operator""s;
using ::testing::StartsWith;
using Json = nlohmann::json;

class ControlPlaneTest : public ::testing::Test {
 protected:
  void Configure(StreamRegistry::Config config) { registry_ = StreamRegistry(std::move(config)); }

  ApiAnswer Call(std::string_view api, const Json& request) {
    return CallControlPlane(registry_, api, request.dump(), "https://host:1", now_).answer;
  }
  Json Ok(std::string_view api, const Json& request) {
    const ApiAnswer answer = Call(api, request);
    EXPECT_EQ(answer.status, 200) << api << " " << answer.body;
    return answer.body.empty() ? Json() : Json::parse(answer.body);
  }
  // "404 ResourceNotFoundException"
  std::string Error(std::string_view api, const Json& request) {
    const ApiAnswer answer = Call(api, request);
    const Json body = Json::parse(answer.body.empty() ? "{}" : answer.body);
    EXPECT_TRUE(body.contains("Message")) << answer.body;
    return std::to_string(answer.status) + " " + answer.error_type;
  }
  Json Describe(const std::string& name) {
    return Ok("describeStream", {{"StreamName", name}})["StreamInfo"];
  }

  StreamRegistry registry_{StreamRegistry::Config{}};
  Time now_ = FromMillis(1'700'000'000'123);
};

constexpr const char* kInvalid = "400 InvalidArgumentException";
constexpr const char* kNotFound = "404 ResourceNotFoundException";

TEST_F(ControlPlaneTest, CreatesAndDescribes) {
  const Json created = Ok("createStream", {{"StreamName", "cam.1"},
                                           {"DeviceName", "door"},
                                           {"MediaType", "video/h264,audio/aac"},
                                           {"DataRetentionInHours", 2},
                                           {"KmsKeyId", "key"},
                                           {"Tags", {{"a", "b"}}}});
  const std::string arn = created["StreamARN"];
  EXPECT_EQ(arn, "arn:aws:kinesisvideo:us-west-2:123456789012:stream/cam.1/1700000000123");
  const Json info = Describe("cam.1");
  EXPECT_EQ(info["StreamARN"], arn);
  EXPECT_EQ(info["StreamName"], "cam.1");
  EXPECT_EQ(info["DeviceName"], "door");
  EXPECT_EQ(info["MediaType"], "video/h264,audio/aac");
  EXPECT_EQ(info["KmsKeyId"], "key");
  EXPECT_EQ(info["Status"], "ACTIVE");
  EXPECT_EQ(info["DataRetentionInHours"], 2);
  EXPECT_EQ(info["Version"].get<std::string>().size(), 20U);
  EXPECT_DOUBLE_EQ(info["CreationTime"], 1'700'000'000.123);
  EXPECT_EQ(Ok("describeStream", {{"StreamARN", arn}})["StreamInfo"], info);
  EXPECT_EQ(Ok("listTagsForStream", {{"StreamARN", arn}})["Tags"], Json({{"a", "b"}}));
}

TEST_F(ControlPlaneTest, RefusesBadStreams) {
  for (const Json& request : std::vector<Json>{
           {{"DeviceName", "d"}},
           {{"StreamName", ""}},
           {{"StreamName", "a b"}},
           {{"StreamName", "a/b"}},
           {{"StreamName", std::string(257, 'a')}},
           {{"StreamName", "a"}, {"DeviceName", "a b"}},
           {{"StreamName", "a"}, {"MediaType", "video"}},
           {{"StreamName", "a"}, {"MediaType", "video/"}},
           {{"StreamName", "a"}, {"MediaType", "video/h264,"}},
           {{"StreamName", "a"}, {"DataRetentionInHours", -1}},
           {{"StreamName", "a"}, {"DataRetentionInHours", 87601}},
           {{"StreamName", "a"}, {"Tags", {{std::string(129, 'k'), "v"}}}},
           {{"StreamName", "a"}, {"Tags", {{"k", std::string(257, 'v')}}}},
       }) {
    EXPECT_EQ(Error("createStream", request), kInvalid) << request;
  }
  EXPECT_EQ(Error("createStream", {{"StreamName", 5}}), "400 SerializationException");
  EXPECT_EQ(Error("createStream", {{"StreamName", "a"}, {"Tags", "x"}}),
            "400 SerializationException");
  EXPECT_EQ(Error("createStream", Json::array()), "400 SerializationException");
  const ApiAnswer not_json = CallControlPlane(registry_, "createStream", "{\"a", "", now_).answer;
  EXPECT_EQ(not_json.error_type, "SerializationException");
  EXPECT_TRUE(registry_.All(now_).empty());
}

TEST_F(ControlPlaneTest, AStreamExistsOnce) {
  Ok("createStream", {{"StreamName", "a"}});
  EXPECT_EQ(Error("createStream", {{"StreamName", "a"}}), "400 ResourceInUseException");
}

TEST_F(ControlPlaneTest, NamesStreamsByOneOfNameAndArn) {
  const std::string arn = Ok("createStream", {{"StreamName", "a"}})["StreamARN"];
  EXPECT_EQ(Error("describeStream", Json::object()), kInvalid);
  EXPECT_EQ(Error("describeStream", {{"StreamName", "a"}, {"StreamARN", arn}}), kInvalid);
  EXPECT_EQ(Error("describeStream", {{"StreamName", "b"}}), kNotFound);
  EXPECT_EQ(Error("describeStream", {{"StreamARN", arn + "0"}}), kNotFound);
  EXPECT_EQ(Error("describeStream", {{"StreamARN", "a"}}), kInvalid);
  EXPECT_EQ(StreamOfBody(Json({{"StreamARN", arn}}).dump()), "a");
  EXPECT_EQ(StreamOfBody(R"({"StreamName":"x"})"), "x");
  EXPECT_EQ(StreamOfBody("nonsense"), "");
}

TEST_F(ControlPlaneTest, StatesTakeTheirTime) {
  StreamRegistry::Config config;
  config.create_delay = 2s;
  config.update_delay = 1s;
  config.delete_delay = 3s;
  Configure(config);
  const std::string arn = Ok("createStream", {{"StreamName", "a"}})["StreamARN"];
  EXPECT_EQ(Describe("a")["Status"], "CREATING");
  EXPECT_EQ(Error("deleteStream", {{"StreamARN", arn}}), "400 ResourceInUseException");
  now_ += 2s;
  EXPECT_EQ(Describe("a")["Status"], "ACTIVE");
  const std::string version = Describe("a")["Version"];
  Ok("updateStream", {{"StreamName", "a"}, {"CurrentVersion", version}, {"DeviceName", "d"}});
  EXPECT_EQ(Describe("a")["Status"], "UPDATING");
  EXPECT_EQ(Describe("a")["DeviceName"], "d");
  EXPECT_NE(Describe("a")["Version"], version);
  now_ += 1s;
  Ok("deleteStream", {{"StreamARN", arn}});
  EXPECT_EQ(Describe("a")["Status"], "DELETING");
  EXPECT_EQ(Error("createStream", {{"StreamName", "a"}}), "400 ResourceInUseException");
  now_ += 3s;
  EXPECT_EQ(Error("describeStream", {{"StreamName", "a"}}), kNotFound);
}

TEST_F(ControlPlaneTest, ChecksVersions) {
  const std::string arn = Ok("createStream", {{"StreamName", "a"}})["StreamARN"];
  EXPECT_EQ(Error("deleteStream", {{"StreamARN", arn}, {"CurrentVersion", "OLD"}}),
            "400 VersionMismatchException");
  EXPECT_EQ(Error("deleteStream", {{"StreamName", "a"}}), kInvalid);
  EXPECT_EQ(Error("updateStream", {{"StreamName", "a"}, {"DeviceName", "d"}}), kInvalid);
  Ok("deleteStream", {{"StreamARN", arn}, {"CurrentVersion", Describe("a")["Version"]}});
}

TEST_F(ControlPlaneTest, ChangesRetention) {
  Ok("createStream", {{"StreamName", "a"}, {"DataRetentionInHours", 5}});
  const auto request = [&](const char* operation, int hours) {
    return Json({{"StreamName", "a"},
                 {"CurrentVersion", Describe("a")["Version"]},
                 {"Operation", operation},
                 {"DataRetentionChangeInHours", hours}});
  };
  Ok("updateDataRetention", request("INCREASE_DATA_RETENTION", 3));
  EXPECT_EQ(Describe("a")["DataRetentionInHours"], 8);
  Ok("updateDataRetention", request("DECREASE_DATA_RETENTION", 8));
  EXPECT_EQ(Describe("a")["DataRetentionInHours"], 0);
  EXPECT_EQ(Error("updateDataRetention", request("DECREASE_DATA_RETENTION", 1)), kInvalid);
  EXPECT_EQ(Error("updateDataRetention", request("INCREASE_DATA_RETENTION", 87601)), kInvalid);
  EXPECT_EQ(Error("updateDataRetention", request("INCREASE_DATA_RETENTION", 0)), kInvalid);
  EXPECT_EQ(Error("updateDataRetention", request("DOUBLE", 1)), kInvalid);
  Json no_version = request("INCREASE_DATA_RETENTION", 1);
  no_version.erase("CurrentVersion");
  EXPECT_EQ(Error("updateDataRetention", no_version), kInvalid);
}

TEST_F(ControlPlaneTest, TagsAndUntags) {
  const std::string arn = Ok("createStream", {{"StreamName", "a"}})["StreamARN"];
  EXPECT_EQ(Ok("listTagsForStream", {{"StreamName", "a"}})["Tags"], Json::object());
  Ok("tagStream", {{"StreamARN", arn}, {"Tags", {{"k", "1"}, {"l", "a\"b\\c"}}}});
  Ok("tagStream", {{"StreamName", "a"}, {"Tags", {{"k", "2"}}}});
  EXPECT_EQ(Ok("listTagsForStream", {{"StreamName", "a"}})["Tags"],
            Json({{"k", "2"}, {"l", "a\"b\\c"}}));
  Ok("untagStream", {{"StreamName", "a"}, {"TagKeyList", {"k", "unknown"}}});
  EXPECT_EQ(Ok("listTagsForStream", {{"StreamName", "a"}})["Tags"], Json({{"l", "a\"b\\c"}}));
  EXPECT_EQ(Error("tagStream", {{"StreamName", "a"}, {"Tags", Json::object()}}), kInvalid);
  EXPECT_EQ(Error("tagStream", {{"StreamARN", "a"}, {"Tags", {{"k", "v"}}}}),
            "400 InvalidResourceFormatException");
  EXPECT_EQ(Error("untagStream", {{"StreamName", "a"}, {"TagKeyList", Json::array()}}), kInvalid);
  Json many = Json::object();
  for (int i = 0; i < 50; ++i) {
    many["t" + std::to_string(i)] = "v";
  }
  EXPECT_EQ(Error("tagStream", {{"StreamName", "a"}, {"Tags", many}}),
            "400 TagsPerResourceExceededLimitException");
  many.erase("t0");
  Ok("tagStream", {{"StreamName", "a"}, {"Tags", many}});
}

TEST_F(ControlPlaneTest, ListsInPages) {
  for (const char* name : {"b1", "a1", "a3", "a2"}) {
    Ok("createStream", {{"StreamName", name}});
  }
  const auto names = [](const Json& answer) {
    std::string joined;
    for (const Json& stream : answer["StreamInfoList"]) {
      joined += stream["StreamName"].get<std::string>() + " ";
    }
    return joined;
  };
  EXPECT_EQ(names(Ok("listStreams", Json::object())), "a1 a2 a3 b1 ");
  const Json condition = {{"ComparisonOperator", "BEGINS_WITH"}, {"ComparisonValue", "a"}};
  const Json first = Ok("listStreams", {{"MaxResults", 2}, {"StreamNameCondition", condition}});
  EXPECT_EQ(names(first), "a1 a2 ");
  const Json second = Ok(
      "listStreams",
      {{"MaxResults", 2}, {"StreamNameCondition", condition}, {"NextToken", first["NextToken"]}});
  EXPECT_EQ(names(second), "a3 ");
  EXPECT_FALSE(second.contains("NextToken"));
  EXPECT_EQ(Error("listStreams", {{"MaxResults", 0}}), kInvalid);
  EXPECT_EQ(Error("listStreams", {{"NextToken", "*"}}), kInvalid);
  EXPECT_EQ(Error("listStreams", {{"StreamNameCondition", {{"ComparisonOperator", "ENDS_WITH"}}}}),
            kInvalid);
}

TEST_F(ControlPlaneTest, AnswersTheGivenEndpoint) {
  Ok("createStream", {{"StreamName", "a"}});
  EXPECT_EQ(Ok("getDataEndpoint", {{"StreamName", "a"}, {"APIName", "PUT_MEDIA"}})["DataEndpoint"],
            "https://host:1");
  EXPECT_EQ(Error("getDataEndpoint", {{"StreamName", "a"}}), kInvalid);
  EXPECT_EQ(Error("getDataEndpoint", {{"StreamName", "b"}, {"APIName", "PUT_MEDIA"}}), kNotFound);
}

TEST(ApiOfPathTest, KnowsTheCalls) {
  EXPECT_EQ(ApiOfPath("/describeStream"), "describeStream");
  EXPECT_EQ(ApiOfPath("/putMedia"), "putMedia");
  EXPECT_EQ(ApiOfPath("/describestream"), "");
  EXPECT_EQ(ApiOfPath("putMedia"), "");
  EXPECT_EQ(ApiOfPath(""), "");
}

}  // namespace
}  // namespace kvs::emulator
