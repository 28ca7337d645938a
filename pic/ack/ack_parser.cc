#include "pic/ack/ack_parser.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kvs::ack {
namespace {

// The longest key or value that is kept whole.
constexpr std::size_t kMaxTextBytes = kMaxFragmentNumberLength;
constexpr std::uint32_t kReplacementCharacter = 0xFFFD;

bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsBare(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
         c == '.' || c == '_';
}

// -1 when `c` is not a hexadecimal digit.
int HexDigit(char c) {
  if (IsDigit(c)) {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool IsHighSurrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool IsLowSurrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

AckType TypeOf(std::string_view text) {
  for (const AckType type : {AckType::kBuffering, AckType::kReceived, AckType::kPersisted,
                             AckType::kError, AckType::kIdle}) {
    if (text == AckTypeName(type)) {
      return type;
    }
  }
  return AckType::kUnknown;
}

template <typename Int>
bool ParseInt(std::string_view text, Int& value) {
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && last == end;
}

}  // namespace

AckParser::AckParser(AckParserLimits limits) : limits_(limits) {
  text_.reserve(kMaxTextBytes);
}

AckParser::Field AckParser::FieldOf(std::string_view key) {
  if (key == "EventType" || key == "AckEventType") {
    return Field::kEventType;
  }
  if (key == "FragmentTimecode" || key == "FragmentTimeCode") {
    return Field::kTimecode;
  }
  if (key == "FragmentNumber") {
    return Field::kFragmentNumber;
  }
  if (key == "ErrorId") {
    return Field::kErrorId;
  }
  return key == "ErrorCode" ? Field::kErrorCode : Field::kNone;
}

void AckParser::Feed(std::string_view chunk, std::vector<FragmentAck>& acks) {
  while (!chunk.empty()) {
    std::size_t taken = ConsumePlainText(chunk);
    if (taken == 0) {
      Consume(chunk.front(), acks);
      taken = 1;
    }
    line_start_ = chunk[taken - 1] == '\n';
    chunk.remove_prefix(taken);
  }
}

void AckParser::Feed(std::span<const std::uint8_t> chunk, std::vector<FragmentAck>& acks) {
  Feed(std::string_view(reinterpret_cast<const char*>(chunk.data()), chunk.size()), acks);
}

// What most of an acknowledgement is: text without a meaning to the parser, taken in one piece. The rest goes byte by byte.
std::size_t AckParser::ConsumePlainText(std::string_view chunk) {
  if (string_state_ != StringState::kText || state_ == State::kSkipLong) {
    return 0;
  }
  chunk = chunk.substr(0, limits_.max_object_bytes - std::min(object_bytes_, limits_.max_object_bytes));
  const auto end = std::find_if(chunk.begin(), chunk.end(), [](char c) { return c == '"' || c == '\\' || c == '\n'; });
  const auto length = static_cast<std::size_t>(end - chunk.begin());
  object_bytes_ += length;
  if (length > 0 && StoresText()) {
    FlushSurrogate();
    text_cut_ = text_cut_ || length > kMaxTextBytes - text_.size();
    text_.append(chunk.substr(0, std::min(length, kMaxTextBytes - text_.size())));
  }
  return length;
}

void AckParser::Consume(char c, std::vector<FragmentAck>& acks) {
  if (!mid_object()) {
    ConsumeOutside(c);
    return;
  }
  ++object_bytes_;
  if (object_bytes_ > limits_.max_object_bytes && state_ != State::kSkip &&
      state_ != State::kSkipLong) {
    ++counters_.oversized;
    state_ = State::kSkipLong;
    if (string_state_ == StringState::kHex) {
      string_state_ = StringState::kText;
    }
  }
  if (string_state_ != StringState::kNone) {
    ConsumeInString(c);
  } else if (state_ == State::kNested || state_ == State::kSkip || state_ == State::kSkipLong) {
    ConsumeUnparsed(c);
  } else {
    ConsumeStructure(c, acks);
  }
}

void AckParser::ConsumeOutside(char c) {
  if (c == '{') {
    BeginObject();
  } else if (c == '\n') {
    state_ = State::kBetween;
  } else if (state_ == State::kBetween && !IsSpace(c)) {
    ++counters_.malformed;  // once per run
    state_ = State::kGarbage;
  }
}

void AckParser::BeginObject() {
  state_ = State::kFirstKey;
  string_state_ = StringState::kNone;
  object_bytes_ = 1;
  depth_ = 1;
  field_ = Field::kNone;
  has_type_ = false;
  ack_ = FragmentAck();
}

void AckParser::EndObject(std::vector<FragmentAck>& acks) {
  state_ = State::kBetween;
  if (!has_type_) {
    ++counters_.malformed;
    return;
  }
  ++counters_.acks;
  acks.push_back(std::move(ack_));
}

void AckParser::ConsumeStructure(char c, std::vector<FragmentAck>& acks) {
  if (state_ == State::kBare) {
    if (IsBare(c)) {
      AppendText(c);
      return;
    }
    if (!StoreValue(/*quoted=*/false)) {
      GiveUp(c);
      return;
    }
    state_ = State::kAfterValue;  // which looks at `c` now
  }
  if (IsSpace(c)) {
    return;
  }
  if ((state_ == State::kFirstKey || state_ == State::kKey) && c == '"') {
    BeginString();
  } else if ((state_ == State::kFirstKey || state_ == State::kAfterValue) && c == '}') {
    EndObject(acks);
  } else if (state_ == State::kColon && c == ':') {
    state_ = State::kValue;
  } else if (state_ == State::kAfterValue && c == ',') {
    state_ = State::kKey;
  } else if (state_ == State::kValue) {
    BeginValue(c);
  } else {
    GiveUp(c);
  }
}

void AckParser::BeginValue(char c) {
  if (c == '"') {
    BeginString();
  } else if (c == '{' || c == '[') {
    state_ = State::kNested;
    ConsumeUnparsed(c);
  } else if (IsBare(c)) {
    state_ = State::kBare;
    text_.clear();
    text_cut_ = false;
    AppendText(c);
  } else {
    GiveUp(c);
  }
}

// The inside of what is not looked at: only its end matters.
void AckParser::ConsumeUnparsed(char c) {
  if (state_ == State::kSkip && c == '\n') {
    state_ = State::kBetween;
  } else if (state_ == State::kSkipLong && c == '{' && line_start_) {
    BeginObject();
  } else if (c == '"' && state_ != State::kSkip) {  // quotes of malformed text prove nothing
    BeginString();
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
    if (depth_ == 0) {
      state_ = State::kBetween;
    } else if (depth_ == 1 && state_ == State::kNested) {
      state_ = State::kAfterValue;
    }
  }
}

void AckParser::GiveUp(char c) {
  string_state_ = StringState::kNone;
  if (state_ != State::kSkipLong) {  // which is counted already
    ++counters_.malformed;
  }
  if (c == '{' && line_start_) {
    BeginObject();
    return;
  }
  state_ = State::kSkip;
  ConsumeUnparsed(c);
}

void AckParser::BeginString() {
  string_state_ = StringState::kText;
  text_.clear();
  text_cut_ = false;
  high_surrogate_ = 0;
}

void AckParser::ConsumeInString(char c) {
  if (c == '\n') {  // must be escaped inside a string: the rest is missing
    GiveUp(c);
  } else if (string_state_ == StringState::kEscape) {
    ConsumeEscape(c);
  } else if (string_state_ == StringState::kHex) {
    ConsumeHexDigit(c);
  } else if (c == '\\') {
    string_state_ = StringState::kEscape;
  } else if (c == '"') {
    EndString();
  } else if (StoresText()) {
    FlushSurrogate();
    AppendText(c);
  }
}

void AckParser::ConsumeEscape(char c) {
  string_state_ = StringState::kText;
  if (!StoresText()) {
    return;
  }
  if (c == 'u') {
    string_state_ = StringState::kHex;
    hex_value_ = 0;
    hex_digits_ = 0;
    return;
  }
  constexpr std::string_view kEscapes = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t which = kEscapes.find(c);
  if (which == std::string_view::npos) {
    GiveUp(c);
    return;
  }
  FlushSurrogate();
  AppendText(kMeanings[which]);
}

void AckParser::ConsumeHexDigit(char c) {
  const int digit = HexDigit(c);
  if (digit < 0) {
    GiveUp(c);
    return;
  }
  hex_value_ = hex_value_ << 4 | static_cast<std::uint32_t>(digit);
  if (++hex_digits_ == 4) {
    string_state_ = StringState::kText;
    AppendCodeUnit(hex_value_);
  }
}

void AckParser::EndString() {
  string_state_ = StringState::kNone;
  if (!StoresText()) {
    return;
  }
  FlushSurrogate();
  if (state_ == State::kValue) {
    if (StoreValue(/*quoted=*/true)) {
      state_ = State::kAfterValue;
    } else {
      GiveUp('"');
    }
    return;
  }
  field_ = text_cut_ ? Field::kNone : FieldOf(text_);
  state_ = State::kColon;
}

bool AckParser::StoreValue(bool quoted) {
  if (field_ == Field::kNone || (!quoted && text_ == "null")) {
    return true;
  }
  const bool is_number = field_ == Field::kTimecode || field_ == Field::kErrorId;
  if (quoted && text_.empty() && is_number) {
    return true;  // as good as absent
  }
  switch (field_) {
    case Field::kEventType: {
      const AckType type = TypeOf(text_);
      if (!quoted || (has_type_ && type != ack_.type)) {
        return false;
      }
      has_type_ = true;
      ack_.type = type;
      return true;
    }
    case Field::kTimecode: {
      std::int64_t timecode = 0;
      if (text_cut_ || !ParseInt(std::string_view(text_), timecode) ||
          (ack_.timecode.has_value() && *ack_.timecode != timecode)) {
        return false;
      }
      ack_.timecode = timecode;
      return true;
    }
    case Field::kFragmentNumber:
      if (text_cut_ || (!quoted && text_.find_first_not_of("0123456789") != std::string::npos) ||
          (!ack_.fragment_number.empty() && ack_.fragment_number != text_)) {
        return false;
      }
      ack_.fragment_number = text_;
      return true;
    case Field::kErrorId: {
      int id = 0;
      if (text_cut_ || !ParseInt(std::string_view(text_), id) ||
          (ack_.error_id != 0 && ack_.error_id != id)) {
        return false;
      }
      ack_.error_id = id;
      return true;
    }
    case Field::kErrorCode:
      ack_.error_code = text_;
      return true;
    case Field::kNone:
      break;
  }
  return true;
}

void AckParser::AppendText(char c) {
  if (text_.size() < kMaxTextBytes) {
    text_.push_back(c);
  } else {
    text_cut_ = true;
  }
}

void AckParser::AppendCodeUnit(std::uint32_t unit) {
  if (high_surrogate_ != 0 && IsLowSurrogate(unit)) {
    AppendCodePoint(0x10000 + ((high_surrogate_ - 0xD800) << 10) + (unit - 0xDC00));
    high_surrogate_ = 0;
    return;
  }
  FlushSurrogate();
  if (IsHighSurrogate(unit)) {
    high_surrogate_ = unit;
  } else {
    AppendCodePoint(IsLowSurrogate(unit) ? kReplacementCharacter : unit);
  }
}

void AckParser::FlushSurrogate() {
  if (high_surrogate_ != 0) {
    high_surrogate_ = 0;
    AppendCodePoint(kReplacementCharacter);
  }
}

// UTF-8.
void AckParser::AppendCodePoint(std::uint32_t code_point) {
  const auto put = [this](std::uint32_t byte) { AppendText(static_cast<char>(byte)); };
  const auto put_tail = [&](int shift) { put(0x80 | (code_point >> shift & 0x3F)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0 | code_point >> 6);
    put_tail(0);
  } else if (code_point < 0x10000) {
    put(0xE0 | code_point >> 12);
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0 | code_point >> 18);
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

}  // namespace kvs::ack
