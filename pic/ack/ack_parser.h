#ifndef KVS_PIC_ACK_ACK_PARSER_H_
#define KVS_PIC_ACK_ACK_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kvs/ack.h"

namespace kvs::ack {

// Bounds of one parser.
struct AckParserLimits {
  // Bytes from { to }. Acknowledgements are about 150 bytes; a longer object is skipped and
  // counted.
  std::size_t max_object_bytes = std::size_t{16} * 1024;
};

// What a parser has seen so far.
struct AckParserCounters {
  std::uint64_t acks = 0;       // handed out, of any type
  std::uint64_t malformed = 0;  // objects given up, objects without a type, runs of garbage between
  std::uint64_t oversized = 0;  // objects longer than the limit; not counted as malformed
  bool operator==(const AckParserCounters&) const = default;
};

// Turns the response body of one PutMedia request into acknowledgements.
//
// Shape:   JSON objects one after the other, normally one per line. Input may be cut anywhere; what
//          has been read is kept in a state of fixed size. Nothing is ever an error: what cannot be
//          understood is counted and skipped, so that it never costs the acknowledgements after it.
//          A member that is not known is skipped whatever its value. Numbers may be quoted.
// Resync:  after a malformed object at its closing brace as far as that can be told, at the latest
// at
//          the end of the line; after an oversized one at its closing brace, at the latest at a
//          line that begins with a brace. In doubt an acknowledgement is lost, never invented.
// Thread:  one parser per upload session, used by one thread at a time.
// Source:  PutMedia API reference (response syntax); RFC 8259.
class AckParser {
 public:
  explicit AckParser(AckParserLimits limits = {});

  // Reads `chunk` (any length, also 0) and appends each acknowledgement that it completes to
  // `acks`.
  void Feed(std::string_view chunk, std::vector<FragmentAck>& acks);
  void Feed(std::span<const std::uint8_t> chunk, std::vector<FragmentAck>& acks);

  // Whether the input so far ends inside an object: at the end of a response, data that was cut
  // off.
  bool mid_object() const { return state_ != State::kBetween && state_ != State::kGarbage; }
  const AckParserCounters& counters() const { return counters_; }

 private:
  enum class State : std::uint8_t {
    kBetween,     // white space between objects
    kGarbage,     // a run of anything else between objects
    kFirstKey,    // after {
    kKey,         // after ,
    kColon,       // after a key
    kValue,       // after :
    kBare,        // inside a number or literal
    kAfterValue,  // before , or }
    kNested,      // inside a nested value, which is skipped
    kSkip,        // malformed: looking for the end of the object or of the line
    kSkipLong,    // too long: looking for the end of the object
  };
  // Inside a string: a key, a value or part of a value that is skipped.
  enum class StringState : std::uint8_t { kNone, kText, kEscape, kHex };
  enum class Field : std::uint8_t {
    kNone,
    kEventType,
    kTimecode,
    kFragmentNumber,
    kErrorId,
    kErrorCode,
  };

  static Field FieldOf(std::string_view key);

  // How many bytes at the begin of the chunk were plain text, and are consumed.
  std::size_t ConsumePlainText(std::string_view chunk);
  void Consume(char c, std::vector<FragmentAck>& acks);
  void ConsumeOutside(char c);
  void ConsumeInString(char c);
  void ConsumeEscape(char c);
  void ConsumeHexDigit(char c);
  void ConsumeStructure(char c, std::vector<FragmentAck>& acks);
  void ConsumeUnparsed(char c);
  void BeginObject();
  void EndObject(std::vector<FragmentAck>& acks);
  void BeginString();
  void EndString();
  void BeginValue(char c);
  // False when the value does not suit its key.
  bool StoreValue(bool quoted);
  // Counts the object as malformed and looks for its end, starting with the offending `c`.
  void GiveUp(char c);
  bool StoresText() const { return state_ != State::kNested && state_ != State::kSkipLong; }
  void AppendText(char c);
  void AppendCodeUnit(std::uint32_t unit);
  void AppendCodePoint(std::uint32_t code_point);
  void FlushSurrogate();

  AckParserLimits limits_;  // constant after construction

  State state_ = State::kBetween;
  StringState string_state_ = StringState::kNone;
  bool line_start_ = false;       // the byte before was a line end
  std::size_t object_bytes_ = 0;  // of the current object so far
  std::size_t depth_ = 0;         // open braces and brackets, the object's own included

  std::string text_;                  // of the current key or value, bounded
  bool text_cut_ = false;             // text_ is only its beginning
  std::uint32_t hex_value_ = 0;       // of the current \u escape
  int hex_digits_ = 0;                // read of it
  std::uint32_t high_surrogate_ = 0;  // waits for its second half; 0: none

  Field field_ = Field::kNone;  // whose value comes next
  bool has_type_ = false;
  FragmentAck ack_;

  AckParserCounters counters_;
};

}  // namespace kvs::ack

#endif  // KVS_PIC_ACK_ACK_PARSER_H_
