#include "producer/service/json.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "pic/base/utf8.h"

namespace kvs::service {
namespace {

// What stands for itself in a string; and the names that others have behind a backslash. Source: RFC 8259, section 7.
constexpr unsigned char kFirstPrintable = 0x20;
constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
constexpr std::string_view kEscapeNames = "\"\\bfnrt";

// In quotes.
void AppendText(SecretText& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t at = kEscaped.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kEscapeNames[at];
    } else if (byte < kFirstPrintable) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0x0Fu];
    } else {
      out += c;
    }
  }
  out += '"';
}

// False: text that is not UTF-8.
bool AppendValue(SecretText& out, const JsonMember& member) {
  if (const auto* text = std::get_if<std::string_view>(&member.value)) {
    AppendText(out, *text);
    return CountUtf8(*text).has_value();
  }
  if (const auto* number = std::get_if<std::int64_t>(&member.value)) {
    out += std::to_string(*number);
    return true;
  }
  bool is_text = true;
  out += '{';
  for (const auto& [name, value] : std::get<JsonStringMap>(member.value)) {
    out += out.back() == '{' ? "" : ",";
    AppendText(out, name);
    out += ':';
    AppendText(out, value);
    is_text = is_text && CountUtf8(name) && CountUtf8(value);
  }
  out += '}';
  return is_text;
}

}  // namespace

Result<std::string> WriteJson(std::span<const JsonMember> members) {
  SecretText out = "{";
  for (const JsonMember& member : members) {
    out += out.size() == 1 ? "" : ",";
    AppendText(out, member.name);
    out += ':';
    if (!AppendValue(out, member)) {
      return Status(StatusCode::kInvalidArgument,
                    std::string(member.name) + " holds text that is not UTF-8");
    }
  }
  out += '}';
  return std::string(out);
}

// Keeps the scalars that the scanner meets, and stops it (by false) at a limit. No document is built.
class JsonFieldsHandler {
 public:
  explicit JsonFieldsHandler(JsonFields& out) : out_(out) {}

  const std::string& problem() const { return problem_; }

  // A value; a number that is no 64-bit integer, true, false and null are not kept.
  bool Text(SecretText value) { return Add(std::move(value)); }
  bool Number(std::int64_t value) { return Add(value); }
  void Key(std::string_view name) { name_ = name; }

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

 private:
  bool Stop(const char* problem) {
    problem_ = problem;
    return false;
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

namespace {

// Reads a document once, from its begin to its end. Its depth is limited by the handler. Source: RFC 8259; UTF-8 is checked before.
// One of our own, as that of nlohmann, with all allocators replaced by wiping ones, still leaves the last texts that it has read in
// a buffer of its lexer (secrets_test finds them), and others have their memory functions for the whole process. The json fuzzer holds it
// to nlohmann's: both take the same texts, and find the same in them.
class JsonScanner {
 public:
  JsonScanner(std::string_view text, JsonFieldsHandler& handler) : rest_(text), handler_(handler) {}

  // False: it is no JSON, or the handler has stopped.
  bool Document() {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    (void)Skip(kByteOrderMark);
    const bool is_value = Value();
    SkipSpace();
    return is_value && rest_.empty();
  }

 private:
  bool Skip(std::string_view word) {
    const bool is_there = rest_.starts_with(word);
    rest_.remove_prefix(is_there ? word.size() : 0);
    return is_there;
  }
  void SkipSpace() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n\r"), rest_.size())); }
  std::size_t SkipDigits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count;
  }

  bool Value() {
    SkipSpace();
    if (rest_.empty()) {
      return false;
    }
    switch (rest_.front()) {
      case '{':
        return Members('}');
      case '[':
        return Members(']');
      case '"': {
        SecretText text;
        return String(text) && handler_.Text(std::move(text));
      }
      case 't':
        return Skip("true");
      case 'f':
        return Skip("false");
      case 'n':
        return Skip("null");
      default:
        return Number();
    }
  }

  // Of an object or an array, by what ends it.
  bool Members(char end) {
    const bool is_object = end == '}';
    rest_.remove_prefix(1);
    if (!handler_.Open(!is_object)) {
      return false;
    }
    SkipSpace();
    if (!Skip({&end, 1})) {
      do {
        if (is_object && !Name()) {
          return false;
        }
        if (!Value()) {
          return false;
        }
        SkipSpace();
      } while (Skip(","));
      if (!Skip({&end, 1})) {
        return false;
      }
    }
    return handler_.Close();
  }

  bool Name() {
    SecretText name;
    SkipSpace();
    if (!String(name)) {
      return false;
    }
    handler_.Key(name);
    SkipSpace();
    return Skip(":");
  }

  bool String(SecretText& out) {
    if (!Skip("\"")) {
      return false;
    }
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (static_cast<unsigned char>(c) < kFirstPrintable || (c == '\\' && !Escape(out))) {
        return false;
      }
      if (c != '\\') {
        out += c;
      }
    }
    return Skip("\"");
  }

  // What stands behind a backslash.
  bool Escape(SecretText& out) {
    if (rest_.empty()) {
      return false;
    }
    const char name = rest_.front();
    rest_.remove_prefix(1);
    if (name == '/') {
      out += '/';
      return true;
    }
    if (const std::size_t at = kEscapeNames.find(name); at != std::string_view::npos) {
      out += kEscaped[at];
      return true;
    }
    std::uint32_t point = 0;
    if (name != 'u' || !Unit(point) || (point >= kFirstLow && point <= kLastLow)) {
      return false;
    }
    if (point >= kFirstHigh && point < kFirstLow) {
      std::uint32_t low = 0;
      if (!Skip("\\u") || !Unit(low) || low < kFirstLow || low > kLastLow) {
        return false;
      }
      point = 0x10000 + ((point - kFirstHigh) << 10) + (low - kFirstLow);
    }
    AppendUtf8(out, point);
    return true;
  }

  // Four hexadecimal digits.
  bool Unit(std::uint32_t& out) {
    constexpr std::size_t kDigits = 4;
    if (rest_.size() < kDigits) {
      return false;
    }
    const char* const end = rest_.data() + kDigits;
    const auto [stop, error] = std::from_chars(rest_.data(), end, out, 16);
    rest_.remove_prefix(kDigits);
    return error == std::errc() && stop == end;
  }

  // Source: RFC 3629, section 3.
  static void AppendUtf8(SecretText& out, std::uint32_t point) {
    const auto follow = [&out, point](unsigned shift) { out += static_cast<char>(0x80u | ((point >> shift) & 0x3Fu)); };
    if (point < 0x80) {
      out += static_cast<char>(point);
    } else if (point < 0x800) {
      out += static_cast<char>(0xC0u | (point >> 6));
      follow(0);
    } else if (point < 0x10000) {
      out += static_cast<char>(0xE0u | (point >> 12));
      follow(6);
      follow(0);
    } else {
      out += static_cast<char>(0xF0u | (point >> 18));
      follow(12);
      follow(6);
      follow(0);
    }
  }

  bool Number() {
    const char* const begin = rest_.data();
    (void)Skip("-");
    const bool is_zero = Skip("0");
    if (!is_zero && SkipDigits() == 0) {
      return false;
    }
    bool is_whole = true;
    if (Skip(".")) {
      is_whole = false;
      if (SkipDigits() == 0) {
        return false;
      }
    }
    if (Skip("e") || Skip("E")) {
      is_whole = false;
      if (!Skip("-")) {
        (void)Skip("+");
      }
      if (SkipDigits() == 0) {
        return false;
      }
    }
    return is_whole ? Integer(begin) : Fraction(begin);
  }

  bool Integer(const char* begin) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(begin, rest_.data(), value);
    return error != std::errc() || handler_.Number(value);
  }

  bool Fraction(const char* begin) {
    // 2^53: up to here a double holds every integer.
    constexpr double kExact = 9007199254740992.0;
    double value = 0;
    const auto [stop, error] = std::from_chars(begin, rest_.data(), value);
    const bool fits = error == std::errc() && value >= -kExact && value <= kExact;
    const auto whole = fits ? static_cast<std::int64_t>(value) : 0;
    return !fits || static_cast<double>(whole) != value || handler_.Number(whole);
  }

  // Halves of characters above U+FFFF.
  static constexpr std::uint32_t kFirstHigh = 0xD800;
  static constexpr std::uint32_t kFirstLow = 0xDC00;
  static constexpr std::uint32_t kLastLow = 0xDFFF;

  std::string_view rest_;
  JsonFieldsHandler& handler_;
};

}  // namespace

Result<JsonFields> JsonFields::Parse(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) {
    return Status(StatusCode::kBadResponse,
                  "it is longer than " + std::to_string(max_bytes) + " bytes");
  }
  JsonFields fields;
  JsonFieldsHandler handler(fields);
  if (!CountUtf8(text) || !JsonScanner(text, handler).Document()) {
    return Status(StatusCode::kBadResponse,
                  handler.problem().empty() ? "it is not JSON" : handler.problem());
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
      const auto* text = std::get_if<SecretText>(&it->value);
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

}  // namespace kvs::service
