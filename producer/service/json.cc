#include "producer/service/json.h"

#include <exception>
#include <limits>

#include <nlohmann/json.hpp>

#include "kvs/secret.h"

namespace kvs::service {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const JsonMember& member) {
  if (const auto* text = std::get_if<std::string_view>(&member.value)) {
    return Json(std::string(*text));
  }
  if (const auto* number = std::get_if<std::int64_t>(&member.value)) {
    return Json(*number);
  }
  Json object = Json::object();
  for (const auto& [name, value] : std::get<JsonStringMap>(member.value)) {
    object[name] = value;
  }
  return object;
}

}  // namespace

Result<std::string> WriteJson(std::span<const JsonMember> members) {
  std::string out = "{";
  for (const JsonMember& member : members) {
    try {
      out += (out.size() == 1 ? "" : ",") + Json(std::string(member.name)).dump() + ":" +
             ToJson(member).dump();
    } catch (const std::exception&) {
      return Status(StatusCode::kInvalidArgument,
                    std::string(member.name) + " holds text that is not UTF-8");
    }
  }
  return out + "}";
}

// Receives what the parser meets, keeps the scalars, and stops it (by false) at a limit. No
// document is built.
class JsonFieldsHandler {
 public:
  explicit JsonFieldsHandler(JsonFields& out) : out_(out) {}

  const std::string& problem() const { return problem_; }

  // The interface of nlohmann's SAX parser.
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t value) { return Add(value); }
  bool number_unsigned(std::uint64_t value) {
    return value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ||
           Add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string&) {
    // 2^53: up to here a double holds every integer.
    constexpr double kExact = 9007199254740992.0;
    const bool fits = value >= -kExact && value <= kExact;
    const auto whole = fits ? static_cast<std::int64_t>(value) : 0;
    return !fits || static_cast<double>(whole) != value || Add(whole);
  }
  bool string(std::string& value) { return Add(std::move(value)); }
  bool binary(Json::binary_t&) { return true; }
  bool start_object(std::size_t) { return Open(false); }
  bool start_array(std::size_t) { return Open(true); }
  bool end_object() { return Close(); }
  bool end_array() { return Close(); }
  bool key(std::string& name) {
    name_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) {
    problem_ = "it is not JSON";
    return false;
  }

 private:
  bool Stop(const char* problem) {
    problem_ = problem;
    return false;
  }

  bool Open(bool is_array) {
    if (levels_.empty() && is_array) {
      return Stop("it is not a JSON object");
    }
    if (levels_.size() >= JsonFields::kMaxDepth) {
      return Stop("it is nested too deeply");
    }
    arrays_ += is_array || arrays_ > 0 ? 1 : 0;
    levels_.push_back(path_.size());
    if (levels_.size() > 1) {
      path_ += name_ + ".";
    }
    return true;
  }

  bool Close() {
    path_.resize(levels_.back());
    levels_.pop_back();
    arrays_ -= arrays_ > 0 ? 1 : 0;
    return true;
  }

  template <typename T>
  bool Add(T value) {
    if (levels_.empty()) {
      return Stop("it is not a JSON object");
    }
    if (arrays_ > 0) {
      return true;
    }
    if (out_.fields_.size() >= JsonFields::kMaxFields) {
      return Stop("it has too many members");
    }
    out_.fields_.push_back({path_ + name_, std::move(value)});
    return true;
  }

  JsonFields& out_;
  std::string path_;  // "StreamInfo." inside of StreamInfo
  std::string name_;
  std::vector<std::size_t> levels_;  // the length of path_ outside of each open level
  std::size_t arrays_ = 0;           // levels from the outermost array on
  std::string problem_;
};

Result<JsonFields> JsonFields::Parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Status(StatusCode::kBadResponse,
                  "it is longer than " + std::to_string(max_bytes) + " bytes");
  }
  // The parser takes it for the end of the text, and would not look at what follows.
  if (text.find('\0') != std::string_view::npos) {
    return Status(StatusCode::kBadResponse, "it is not JSON");
  }
  JsonFields fields;
  JsonFieldsHandler handler(fields);
  try {
    if (!Json::sax_parse(text.begin(), text.end(), &handler)) {
      return Status(StatusCode::kBadResponse,
                    handler.problem().empty() ? "it is not JSON" : handler.problem());
    }
  } catch (const std::exception&) {
    return Status(StatusCode::kBadResponse, "it is not JSON");
  }
  // A lone null, true or false.
  if (text.find('{') == std::string_view::npos) {
    return Status(StatusCode::kBadResponse, "it is not a JSON object");
  }
  return fields;
}

std::optional<std::string_view> JsonFields::String(std::string_view path) const {
  for (auto it = fields_.rbegin(); it != fields_.rend(); ++it) {
    if (it->path == path) {
      const auto* text = std::get_if<std::string>(&it->value);
      return text != nullptr ? std::optional<std::string_view>(*text) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> JsonFields::Integer(std::string_view path) const {
  for (auto it = fields_.rbegin(); it != fields_.rend(); ++it) {
    if (it->path == path) {
      const auto* number = std::get_if<std::int64_t>(&it->value);
      return number != nullptr ? std::optional<std::int64_t>(*number) : std::nullopt;
    }
  }
  return std::nullopt;
}

void JsonFields::Wipe() {
  for (Field& field : fields_) {
    if (auto* text = std::get_if<std::string>(&field.value)) {
      WipeString(*text);
    }
  }
  fields_.clear();
}

}  // namespace kvs::service
