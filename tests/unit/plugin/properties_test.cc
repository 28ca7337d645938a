#include "plugin/properties.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/plugin/gst_environment.h"

namespace kvs::plugin {
namespace {

class Value {
 public:
  explicit Value(GType type) { g_value_init(&value_, type); }
  ~Value() { g_value_unset(&value_); }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  GValue* get() { return &value_; }
  const gchar* string() const { return g_value_get_string(&value_); }

 private:
  GValue value_ = G_VALUE_INIT;
};

const PropertyRow& Row(std::string_view name) {
  for (const PropertyRow& row : PropertyTable()) {
    if (row.name == name) {
      return row;
    }
  }
  ADD_FAILURE() << "no property " << name;
  return PropertyTable()[0];
}

void StoreString(Settings& settings, std::string_view name, const char* text) {
  Value value(G_TYPE_STRING);
  g_value_set_string(value.get(), text);
  StoreProperty(settings, Row(name), value.get());
}

std::string ReadString(const Settings& settings, std::string_view name) {
  Value value(G_TYPE_STRING);
  ReadProperty(settings, Row(name), value.get());
  return value.string() == nullptr ? "(null)" : value.string();
}

TEST(PropertyTableTest, NamesAreUniqueAndLookedUpById) {
  std::set<std::string> names;
  guint id = 1;
  for (const PropertyRow& row : PropertyTable()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(PropertyOf(id++), &row);
    EXPECT_STRNE(row.blurb, "");
  }
  EXPECT_EQ(PropertyOf(0), nullptr);
  EXPECT_EQ(PropertyOf(id), nullptr);
}

TEST(PropertyTableTest, SaysWhenAPropertyHasNoEffect) {
  for (const PropertyRow& row : PropertyTable()) {
    const std::string blurb = row.blurb;
    const bool says = blurb.find("o effect") != std::string::npos;
    EXPECT_EQ(says, row.no_effect != nullptr) << row.name;
  }
}

TEST(PropertiesTest, SecretsReadBackAsSetOrUnset) {
  for (const char* name : {"access-key", "secret-key", "session-token", "proxy-pw"}) {
    Settings settings;
    EXPECT_EQ(ReadString(settings, name), "(null)") << name;
    StoreString(settings, name, "very-secret");
    EXPECT_EQ(ReadString(settings, name), "***") << name;
    StoreString(settings, name, nullptr);
    EXPECT_EQ(ReadString(settings, name), "(null)") << name;
  }
}

TEST(PropertiesTest, AProxyReadsBackWithoutItsUserAndPassword) {
  Settings settings;
  EXPECT_EQ(ReadString(settings, "proxy"), "(null)");
  StoreString(settings, "proxy", "http://me:very-secret@proxy.example:3128");
  EXPECT_EQ(ReadString(settings, "proxy"), "http://***@proxy.example:3128");
  EXPECT_EQ(settings.proxy, "http://me:very-secret@proxy.example:3128");
  StoreString(settings, "proxy", "");
  EXPECT_EQ(ReadString(settings, "proxy"), "");
  EXPECT_EQ(settings.proxy, "") << "none at all, which is not the same as not set";
  StoreString(settings, "proxy", nullptr);
  EXPECT_FALSE(settings.proxy.has_value());
}

TEST(PropertiesTest, PlaceholdersOfAmazonsElementCountAsUnset) {
  Settings settings;
  StoreString(settings, "access-key", "access_key");
  StoreString(settings, "secret-key", "secret_key");
  StoreString(settings, "session-token", "session_token");
  EXPECT_TRUE(settings.access_key.empty());
  EXPECT_TRUE(settings.secret_key.empty());
  EXPECT_TRUE(settings.session_token.empty());
}

TEST(PropertiesTest, NullUnsetsAString) {
  Settings settings;
  StoreString(settings, "stream-name", nullptr);
  EXPECT_FALSE(settings.stream_name.has_value());
  EXPECT_EQ(ReadString(settings, "stream-name"), "(null)");
  StoreString(settings, "aws-region", "eu-west-1");
  StoreString(settings, "aws-region", nullptr);
  EXPECT_FALSE(settings.aws_region.has_value());
  EXPECT_EQ(ReadString(settings, "aws-region"), "us-west-2");
}

TEST(PropertiesTest, StructuresAreCopied) {
  Settings settings;
  const StructurePtr tags(gst_structure_from_string("t,site=(string)a", nullptr));
  Value value(GST_TYPE_STRUCTURE);
  gst_value_set_structure(value.get(), tags.get());
  StoreProperty(settings, Row("stream-tags"), value.get());
  ASSERT_NE(settings.stream_tags, nullptr);
  EXPECT_STREQ(gst_structure_get_string(settings.stream_tags.get(), "site"), "a");
  Value none(GST_TYPE_STRUCTURE);
  StoreProperty(settings, Row("stream-tags"), none.get());
  EXPECT_EQ(settings.stream_tags, nullptr);
}

}  // namespace
}  // namespace kvs::plugin
