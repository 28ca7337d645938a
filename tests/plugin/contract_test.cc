// What users rely on without reading code: the element by introspection, its reference page, and what Amazon's element has.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "kvs/version.h"
#include "plugin/messages.h"
#include "tests/plugin/loaded_plugin.h"
#include "tests/plugin/markdown.h"
#include "tests/plugin/plugin_cache.h"

namespace kvs::plugin {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

[[maybe_unused]] const auto* const kEnvironment = UseLoadedPlugin();

std::string Document(const std::string& name) { return std::string(KVS_SOURCE_DIR) + "/docs/" + name; }

// The properties of the element's own class, by name.
std::map<std::string, GParamSpec*> OwnProperties(GstElement* element) {
  std::map<std::string, GParamSpec*> own;
  guint count = 0;
  GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  for (guint i = 0; i < count; ++i) {
    if (specs[i]->owner_type == G_OBJECT_TYPE(element)) {
      own[specs[i]->name] = specs[i];
    }
  }
  g_free(specs);
  return own;
}

// docs/plugin-cache.json --------------------------------------------------------------------------

TEST(PluginCacheTest, IsWhatTheCodeSays) {
  const std::string path = Document("plugin-cache.json");
  const std::string cache = PluginCache(LoadedPlugin::plugin());
  if (std::getenv("KVS_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << cache;
    GTEST_SKIP() << "wrote " << path;
  }
  EXPECT_EQ(ReadText(path), cache) << "The element has changed for its users. If that is meant, run scripts/update-docs to write "
                                   << path << ", and look at the difference";
}

TEST(PluginCacheTest, HasWhatTheElementHas) {
  const ElementPtr element = NewSink();
  const std::string cache = PluginCache(LoadedPlugin::plugin());
  for (const auto& [name, spec] : OwnProperties(element.get())) {
    EXPECT_TRUE(cache.find("\"" + name + "\": {") != std::string::npos) << spec->name;
  }
  for (const char* text : {"\"GstKvsSink\"", "\"GObject\"", "\"video_%u\"", "\"audio_%u\"", "\"fragment-ack\"",
                           "\"default\": \"realtime (0)\"", "\"max\": \"4294967295\"", "\"mutable\": \"ready\"",
                           "\"rank\": \"none\"", "       channels: [ 1, 8 ]\\n"}) {
    EXPECT_TRUE(cache.find(text) != std::string::npos) << text;
  }
}

TEST(ElementContractTest, PropertiesAreDeclaredWithTheValuesThatNewElementsHave) {
  const ElementPtr element = NewSink();
  for (const auto& [name, spec] : OwnProperties(element.get())) {
    if (G_IS_PARAM_SPEC_BOXED(spec)) {
      continue;  // these cannot declare a default
    }
    EXPECT_EQ(PropertyText(G_OBJECT(element.get()), spec), CacheText(*g_param_spec_get_default_value(spec))) << name;
  }
}

// docs/kvssink.md ---------------------------------------------------------------------------------

// The reference page, and what it says of each property.
class ReferenceTest : public ::testing::Test {
 protected:
  struct Documented {
    std::string type;
    std::string default_value;
  };

  ReferenceTest() {
    for (const MarkdownRow& row : RowsOf(page_)) {
      if (row.head.at(0) == "Property") {
        for (const std::string& name : QuotedIn(row.cells.at(0))) {
          EXPECT_TRUE(documented_.insert({name, {row.cells.at(1), row.cells.at(2)}}).second) << name << " twice";
        }
      }
    }
  }

  // The names in a table with this head.
  std::set<std::string> NamesBelow(const std::string& head) const {
    std::set<std::string> names;
    for (const MarkdownRow& row : RowsOf(page_)) {
      if (row.head.at(0) == head) {
        names.merge(ToSet(QuotedIn(row.cells.at(0))));
      }
    }
    return names;
  }

  static std::set<std::string> ToSet(const std::vector<std::string>& words) { return {words.begin(), words.end()}; }

  static std::string TypeWord(const GParamSpec* spec) {
    return G_IS_PARAM_SPEC_STRING(spec)    ? "string"
           : G_IS_PARAM_SPEC_UINT(spec)    ? "uint"
           : G_IS_PARAM_SPEC_UINT64(spec)  ? "uint64"
           : G_IS_PARAM_SPEC_BOOLEAN(spec) ? "boolean"
           : G_IS_PARAM_SPEC_ENUM(spec)    ? "enum"
                                           : "structure";
  }

  // A value as the page writes it.
  static std::string DefaultWord(GObject* object, const GParamSpec* spec) {
    std::string text = PropertyText(object, spec);
    if (text == "NULL") {
      return "not set";
    }
    if (G_IS_PARAM_SPEC_ENUM(spec)) {
      return "`" + text.substr(0, text.find(' ')) + "`";
    }
    if (G_IS_PARAM_SPEC_STRING(spec)) {
      return "`" + std::regex_replace(text, std::regex(KVS_VERSION_STRING), "<version>") + "`";
    }
    return text;
  }

  const std::string page_ = ReadText(Document("kvssink.md"));
  std::map<std::string, Documented> documented_;
};

TEST_F(ReferenceTest, NamesEveryPropertyWithItsTypeAndDefault) {
  const ElementPtr element = NewSink();
  const std::set<std::string> without_effect = ToSet(QuotedIn(SectionOf(page_, "Accepted without effect")));
  const std::string reading = SectionOf(page_, "Reading");
  for (const auto& [name, spec] : OwnProperties(element.get())) {
    const bool no_effect = std::string(g_param_spec_get_blurb(spec)).find("o effect") != std::string::npos;
    const auto found = documented_.find(name);
    EXPECT_EQ(without_effect.contains(name), no_effect) << name;
    if (no_effect) {
      continue;
    }
    if ((spec->flags & G_PARAM_WRITABLE) == 0) {
      EXPECT_THAT(QuotedIn(reading), Contains(name));
      continue;
    }
    ASSERT_NE(found, documented_.end()) << "docs/kvssink.md has no row for " << name;
    EXPECT_EQ(found->second.type.substr(0, found->second.type.find(',')), TypeWord(spec)) << name;
    EXPECT_EQ(found->second.default_value, DefaultWord(G_OBJECT(element.get()), spec)) << name;
  }
}

TEST_F(ReferenceTest, NamesNoPropertyThatDoesNotExist) {
  const ElementPtr element = NewSink();
  const std::map<std::string, GParamSpec*> own = OwnProperties(element.get());
  for (const auto& [name, row] : documented_) {
    EXPECT_TRUE(own.contains(name)) << name;
  }
}

TEST_F(ReferenceTest, NamesEverySignalAndNoOther) {
  const ElementPtr element = NewSink();
  std::set<std::string> signals;
  guint count = 0;
  guint* const ids = g_signal_list_ids(G_OBJECT_TYPE(element.get()), &count);
  for (guint i = 0; i < count; ++i) {
    signals.insert(g_signal_name(ids[i]));
  }
  g_free(ids);
  EXPECT_EQ(NamesBelow("Signal"), signals);
}

// An event of each kind, as full as a default one gets.
template <std::size_t... kIndices>
std::vector<StreamEvent> AllEvents(std::index_sequence<kIndices...>) {
  std::vector<StreamEvent> events = {StreamEvent(std::in_place_index<kIndices>)...};
  for (StreamEvent& event : events) {
    if (auto* const acked = std::get_if<FragmentAcked>(&event)) {
      acked->ack.type = AckType::kPersisted;
      acked->ack.timecode = 0;
    }
  }
  return events;
}

std::set<std::string> FieldsOf(const GstStructure* structure) {
  std::set<std::string> fields;
  for (gint i = 0; i < gst_structure_n_fields(structure); ++i) {
    fields.insert(gst_structure_nth_field_name(structure, static_cast<guint>(i)));
  }
  return fields;
}

TEST_F(ReferenceTest, NamesTheFieldsOfEveryElementMessage) {
  std::map<std::string, std::set<std::string>> rows;
  for (const MarkdownRow& row : RowsOf(page_)) {
    if (row.head.at(0) == "Structure") {
      rows[QuotedIn(row.cells.at(0)).at(0)] = ToSet(QuotedIn(row.cells.at(1)));
    }
  }
  for (const StreamEvent& event : AllEvents(std::make_index_sequence<std::variant_size_v<StreamEvent>>())) {
    const StructurePtr structure = EventStructure("door", event);
    if (structure == nullptr) {
      continue;
    }
    std::set<std::string> fields = FieldsOf(structure.get());
    EXPECT_EQ(fields.erase("stream-name"), 1U);
    EXPECT_THAT(rows[gst_structure_get_name(structure.get())], IsSupersetOf(fields))
        << gst_structure_get_name(structure.get());
  }
}

TEST_F(ReferenceTest, NamesTheFieldsOfErrorsAndOfTheStatistics) {
  EXPECT_THAT(QuotedIn(SectionOf(page_, "Messages")), IsSupersetOf(FieldsOf(StatusDetails("door", {}).get())));
  const std::set<std::string> named = ToSet(QuotedIn(SectionOf(page_, "Reading")));
  for (const std::string& field : FieldsOf(StatsStructure({}, {}, {}).get())) {
    // Three are told of once for all times.
    const std::string time = std::regex_replace(field, std::regex("-(last|average|longest)$"), "");
    EXPECT_TRUE(named.contains(field) || (named.contains(time) && named.contains("…" + field.substr(time.size()))))
        << field;
  }
}

// Structures that stay inside.
const std::set<std::string> kPrivate = {"kvssink-pad"};

// Whatever the element posts, answers or takes under a name of its own has one in its sources.
TEST_F(ReferenceTest, NamesEveryStructure) {
  const std::regex literal("\"(kvssink-[a-z-]+|kvs-add-[a-z-]+)\"");
  const std::vector<std::string> quoted = QuotedIn(page_);
  std::set<std::string> named(quoted.begin(), quoted.end());
  named.insert(kPrivate.begin(), kPrivate.end());
  std::set<std::string> found;
  for (const auto& file : std::filesystem::directory_iterator(std::string(KVS_SOURCE_DIR) + "/plugin")) {
    const std::string source = ReadText(file.path());
    for (std::sregex_iterator it(source.begin(), source.end(), literal), end; it != end; ++it) {
      found.insert((*it)[1]);
    }
  }
  EXPECT_THAT(named, IsSupersetOf(found));
  for (const std::string& name : NamesBelow("Structure")) {
    EXPECT_TRUE(found.contains(name)) << "nothing makes " << name;
  }
}

// Amazon's element --------------------------------------------------------------------------------

struct AmazonsProperty {
  const char* name;
  const char* type;
  const char* default_value;  // of a new element
  // Where ours is another one; docs/differences.md has a row about it.
  std::optional<const char*> ours = std::nullopt;
};

// All properties of Amazon's element 3.6.0, and frame-timestamp, which published launch lines use.
constexpr AmazonsProperty kAmazons[] = {
    {"stream-name", "gchararray", "DEFAULT_STREAM"},
    {"user-agent", "gchararray", "AWS-SDK-KVS-CPP-CLIENT/3.6.0", "kvssink/" KVS_VERSION_STRING},
    {"retention-period", "guint", "2"},
    {"streaming-type", "GstKvsSinkStreamingType", "realtime (0)"},
    {"content-type", "gchararray", "NULL"},
    {"max-latency", "guint", "60"},
    {"fragment-duration", "guint", "2000"},
    {"timecode-scale", "guint", "1"},
    {"key-frame-fragmentation", "gboolean", "true"},
    {"frame-timecodes", "gboolean", "true"},
    {"absolute-fragment-times", "gboolean", "true"},
    {"fragment-acks", "gboolean", "true"},
    {"restart-on-error", "gboolean", "true"},
    {"recalculate-metrics", "gboolean", "true"},
    {"framerate", "guint", "25"},
    {"avg-bandwidth-bps", "guint", "4194304"},
    {"buffer-duration", "guint", "120"},
    {"replay-duration", "guint", "40"},
    {"connection-staleness", "guint", "60"},
    {"codec-id", "gchararray", "V_MPEG4/ISO/AVC"},
    {"track-name", "gchararray", "kinesis_video"},
    {"access-key", "gchararray", "access_key", "NULL"},
    {"secret-key", "gchararray", "secret_key", "NULL"},
    {"session-token", "gchararray", "session_token", "NULL"},
    {"aws-region", "gchararray", "us-west-2"},
    {"rotation-period", "guint", "3600"},
    {"log-config", "gchararray", "../kvs_log_configuration"},
    {"storage-size", "guint", "128"},
    {"stop-stream-timeout", "guint", "120"},
    {"connection-timeout", "guint", "5"},
    {"completion-timeout", "guint", "10"},
    {"credential-path", "gchararray", ".kvs/credential"},
    {"iot-certificate", "GstStructure", "NULL"},
    {"stream-tags", "GstStructure", "NULL"},
    {"file-start-time", "guint64", "the time of its creation", "0"},
    {"disable-buffer-clipping", "gboolean", "false"},
    {"use-original-pts", "gboolean", "false"},
    {"get-kvs-metrics", "gboolean", "false"},
    {"allow-create-stream", "gboolean", "true"},
    {"frame-timestamp", "GstKvsSinkFrameTimestampType", "default-timestamp (2)"},
};

TEST(AmazonsElementTest, HadNoPropertyThatOursHasNot) {
  static_assert(std::size(kAmazons) == 39 + 1);
  const ElementPtr element = NewSink();
  const std::map<std::string, GParamSpec*> own = OwnProperties(element.get());
  const std::string differences = ReadText(Document("differences.md"));
  for (const AmazonsProperty& theirs : kAmazons) {
    ASSERT_TRUE(own.contains(theirs.name)) << theirs.name;
    const GParamSpec* const spec = own.at(theirs.name);
    EXPECT_STREQ(g_type_name(spec->value_type), theirs.type) << theirs.name;
    EXPECT_EQ(spec->flags & G_PARAM_READWRITE, G_PARAM_READWRITE) << theirs.name;
    EXPECT_EQ(PropertyText(G_OBJECT(element.get()), spec), theirs.ours.value_or(theirs.default_value)) << theirs.name;
    if (theirs.ours.has_value()) {
      EXPECT_THAT(SectionOf(differences, "Properties"), HasSubstr("`" + std::string(theirs.name)))
          << "another default than Amazon's, and no row about it";
    }
  }
}

TEST(AmazonsElementTest, TookNoNumberThatOursRefuses) {
  const ElementPtr element = NewSink();
  const std::map<std::string, GParamSpec*> own = OwnProperties(element.get());
  for (const AmazonsProperty& theirs : kAmazons) {
    GParamSpec* const spec = own.at(theirs.name);
    if (G_IS_PARAM_SPEC_UINT(spec)) {
      EXPECT_EQ(G_PARAM_SPEC_UINT(spec)->minimum, 0U) << theirs.name;
      EXPECT_EQ(G_PARAM_SPEC_UINT(spec)->maximum, G_MAXUINT) << theirs.name;
    } else if (G_IS_PARAM_SPEC_UINT64(spec)) {
      EXPECT_EQ(G_PARAM_SPEC_UINT64(spec)->minimum, 0U) << theirs.name;
      EXPECT_EQ(G_PARAM_SPEC_UINT64(spec)->maximum, G_MAXULONG) << theirs.name;
    }
  }
}

TEST(AmazonsElementTest, HadTheSameEnumerations) {
  const auto number = [](const char* property, const char* nick) {
    const ElementPtr element = NewSink();
    gst_util_set_object_arg(G_OBJECT(element.get()), property, nick);
    gint value = -1;
    g_object_get(element.get(), property, &value, nullptr);
    return value;
  };
  EXPECT_EQ(number("streaming-type", "realtime"), 0);
  EXPECT_EQ(number("streaming-type", "near-realtime"), 1);
  EXPECT_EQ(number("streaming-type", "offline"), 2);
  EXPECT_EQ(number("frame-timestamp", "pts-only"), 0);
  EXPECT_EQ(number("frame-timestamp", "dts-only"), 1);
  EXPECT_EQ(number("frame-timestamp", "default-timestamp"), 2);
}

TEST(AmazonsElementTest, HadTheSameSignals) {
  const ElementPtr element = NewSink();
  const std::pair<const char*, GType> signals[] = {
      {"stream-error", G_TYPE_UINT64}, {"fragment-ack", G_TYPE_POINTER}, {"stream-client-metric", G_TYPE_POINTER}};
  for (const auto& [name, argument] : signals) {
    GSignalQuery query{};
    g_signal_query(g_signal_lookup(name, G_OBJECT_TYPE(element.get())), &query);
    ASSERT_EQ(query.n_params, 1U) << name;
    EXPECT_EQ(query.param_types[0], argument) << name;
    EXPECT_EQ(query.return_type, G_TYPE_NONE) << name;
  }
}

// What its pads take, ours take as well.
TEST(AmazonsElementTest, TookNoCapsThatOursRefuse) {
  const std::pair<const char*, const char*> pads[] = {
      {"video_%u", "video/x-h264, stream-format=(string)avc, alignment=(string)au, width=(int)[16,MAX], height=(int)[16,MAX]; "
                   "video/x-h265, stream-format=(string){hvc1,hev1,byte-stream}, alignment=(string)au, width=(int)[16,MAX], "
                   "height=(int)[16,MAX]"},
      {"audio_%u", "audio/mpeg, mpegversion=(int){2,4}, stream-format=(string)raw, channels=(int)[1,MAX], rate=(int)[1,MAX]; "
                   "audio/x-alaw, channels=(int){1,2}, rate=(int)[8000,192000]; "
                   "audio/x-mulaw, channels=(int){1,2}, rate=(int)[8000,192000]"}};
  const ElementPtr element = NewSink();
  for (const auto& [name, text] : pads) {
    const CapsPtr theirs(gst_caps_from_string(text));
    const CapsPtr ours(gst_pad_template_get_caps(gst_element_get_pad_template(element.get(), name)));
    EXPECT_TRUE(gst_caps_is_subset(theirs.get(), ours.get())) << name;
  }
}

}  // namespace
}  // namespace kvs::plugin
