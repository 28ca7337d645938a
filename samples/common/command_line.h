#ifndef KVS_SAMPLES_COMMON_COMMAND_LINE_H_
#define KVS_SAMPLES_COMMON_COMMAND_LINE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samples {

// Exit status of a program whose arguments make no sense.
inline constexpr int kBadUsage = 2;

// The words of a command line: options with a value each, and the others.
struct Words {
  std::vector<std::string> plain;
  // By the name without what stands in front of it, in lower case; in the order they were given.
  std::multimap<std::string, std::string> options;
  bool help = false;
  // What is wrong, in a sentence; empty: nothing.
  std::string problem;

  // The value that was given last.
  [[nodiscard]] std::optional<std::string> Get(const std::string& name) const;
  // The same as a number from `min` on; a text that is none becomes the `problem`. Not given: `otherwise`.
  [[nodiscard]] std::uint32_t Number(const std::string& name, std::uint32_t min,
                                     std::uint32_t otherwise);
};

// Reads a command line. An option is one of `names` behind "-", "--" or "/", in upper or lower case. Nothing else that begins with
// "-" is taken, and "--help" is always an option.
Words ReadWords(int argc, char** argv, const std::vector<std::string>& names);

// The whole text is a decimal number that fits.
std::optional<std::uint64_t> ReadNumber(std::string_view text);

// Prints `usage`; the exit status.
int PrintHelp(std::string_view usage);

// Prints one line about what is wrong with the arguments; `status` is the exit status.
int PrintBadUsage(std::string_view program, std::string_view problem, int status = kBadUsage);

// A text in which users and passwords of URLs are "***".
std::string Redacted(std::string text);

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_COMMAND_LINE_H_
