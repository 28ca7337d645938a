#include "gstreamer/Util/KvsSinkUtil.h"

#include <map>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

namespace {

using kvs_sink_util::gstructToMap;
using kvs_sink_util::parseIotCredentialGstructure;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Fields = std::map<std::string, std::string>;

struct FreeStructure {
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
};

std::unique_ptr<GstStructure, FreeStructure> Parse(const char* text) {
  gst_init(nullptr, nullptr);
  return std::unique_ptr<GstStructure, FreeStructure>(gst_structure_from_string(text, nullptr));
}

TEST(SinkUtil, AStructureOfStringsIsAMap) {
  Fields fields;
  EXPECT_TRUE(gstructToMap(Parse("tags,a=x,b=(string)2").get(), &fields));
  EXPECT_THAT(fields, ElementsAre(Pair("a", "x"), Pair("b", "2")));
}

TEST(SinkUtil, WhatIsNoStringOrEmptyIsRefused) {
  Fields fields;
  EXPECT_FALSE(gstructToMap(Parse("tags,a=x,b=2").get(), &fields));
  EXPECT_FALSE(gstructToMap(Parse("tags,a=x,b=(string)\"\"").get(), &fields));
  EXPECT_THAT(fields, IsEmpty());
}

TEST(SinkUtil, CredentialsNeedTheirKeys) {
  Fields fields;
  EXPECT_FALSE(parseIotCredentialGstructure(Parse("iot-certificate,endpoint=e,cert-path=c,key-path=k").get(), fields));
  EXPECT_THAT(fields, IsEmpty());
  EXPECT_TRUE(
      parseIotCredentialGstructure(Parse("iot-certificate,endpoint=e,cert-path=c,key-path=k,role-aliases=r").get(), fields));
  EXPECT_EQ("r", fields[ROLE_ALIASES]);
  EXPECT_EQ("e", fields[IOT_GET_CREDENTIAL_ENDPOINT]);
}

}  // namespace
