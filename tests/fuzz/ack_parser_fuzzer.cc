// The parser of acknowledgements. The first two bytes choose the limit and where the text is cut.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pic/ack/ack_parser.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using kvs::FragmentAck;
using kvs::ack::AckParser;
using kvs::ack::AckParserLimits;
using kvs::fuzz::Check;

void CheckAcks(std::string_view text, const AckParser& parser,
               const std::vector<FragmentAck>& acks) {
  Check(acks.size() == parser.counters().acks, "every acknowledgement is counted");
  const auto braces = static_cast<std::size_t>(std::count(text.begin(), text.end(), '{'));
  Check(parser.counters().acks + parser.counters().oversized <= braces, "one object, one result");
  for (const FragmentAck& ack : acks) {
    Check(ack.fragment_number.size() <= kvs::kMaxFragmentNumberLength,
          "fragment number is bounded");
    Check(ack.error_code.size() <= kvs::kMaxFragmentNumberLength, "error code is bounded");
    if (ack.timecode.has_value() && text.find('\\') == std::string_view::npos) {
      std::string digits = std::to_string(*ack.timecode);
      digits.erase(0, digits[0] == '-' ? 1 : 0);
      Check(text.find(digits) != std::string_view::npos, "timecodes are not made up");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const AckParserLimits limits{.max_object_bytes = std::size_t{16} + 2 * std::size_t{data[0]}};
  const std::size_t step = std::size_t{1} + data[1];
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);

  AckParser whole(limits);
  std::vector<FragmentAck> expected;
  whole.Feed(text, expected);
  CheckAcks(text, whole, expected);

  AckParser parts(limits);
  std::vector<FragmentAck> acks;
  for (std::size_t at = 0; at < text.size(); at += step) {
    parts.Feed(std::string_view(text).substr(at, step), acks);
  }
  Check(acks == expected && parts.counters() == whole.counters() &&
            parts.mid_object() == whole.mid_object(),
        "cuts make no difference");

  // Whatever came before: after a line longer than the limit the parser is in step again.
  const std::string resync = "\n" + std::string(limits.max_object_bytes + 1, 'x') + "\n";
  acks.clear();
  whole.Feed(resync, acks);
  Check(acks.empty(), "nothing is made of garbage");
  whole.Feed(R"({"EventType":"PERSISTED","FragmentTimecode":7})", acks);
  const bool fits = limits.max_object_bytes >= 46;
  Check(acks.size() == (fits ? 1U : 0U), "the parser finds its way back");
  Check(!whole.mid_object(), "the object has ended");
  return 0;
}
