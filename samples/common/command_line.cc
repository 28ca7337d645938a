#include "samples/common/command_line.h"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <limits>

namespace samples {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// The name in an option, whatever stands in front of it; empty when this is none.
std::string OptionName(std::string_view word) {
  if (word.starts_with("--")) {
    return Lower(word.substr(2));
  }
  if (word.starts_with("-") || word.starts_with("/")) {
    return Lower(word.substr(1));
  }
  return "";
}

}  // namespace

std::optional<std::string> Words::Get(const std::string& name) const {
  const auto [first, last] = options.equal_range(name);
  return first == last ? std::nullopt : std::optional(std::prev(last)->second);
}

std::uint32_t Words::Number(const std::string& name, std::uint32_t min, std::uint32_t otherwise) {
  const std::optional<std::string> text = Get(name);
  if (!text.has_value()) {
    return otherwise;
  }
  const std::optional<std::uint64_t> number = ReadNumber(*text);
  // What GLib takes: properties are ints, too.
  if (!number.has_value() || *number < min || *number > std::numeric_limits<std::int32_t>::max()) {
    problem = "-" + name + " wants a number from " + std::to_string(min) + ", not \"" + *text + "\"";
    return otherwise;
  }
  return static_cast<std::uint32_t>(*number);
}

Words ReadWords(int argc, char** argv, const std::vector<std::string>& names) {
  Words words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::string name = OptionName(word);
    if (word == "--help") {
      words.help = true;
    } else if (!name.empty() && std::find(names.begin(), names.end(), name) != names.end()) {
      if (i + 1 == argc) {
        words.problem = word + " wants a value";
        break;
      }
      words.options.emplace(name, argv[++i]);
    } else if (word.size() > 1 && word.front() == '-') {
      words.problem = "there is no option " + word;
    } else {
      words.plain.push_back(word);
    }
  }
  return words;
}

std::optional<std::uint64_t> ReadNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

int PrintHelp(std::string_view usage) {
  std::cout << usage;
  return 0;
}

int PrintBadUsage(std::string_view program, std::string_view problem, int status) {
  std::cerr << program << ": " << Redacted(std::string(problem)) << "; see " << program << " --help\n";
  return status;
}

std::string Redacted(std::string text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at + 3)) {
    const std::size_t begin = at + 3;
    const std::size_t end = text.find_first_of("/ \t\n\"'", begin);
    const std::size_t sign = text.substr(begin, end - begin).rfind('@');
    if (sign != std::string::npos) {
      text.replace(begin, sign, "***");
    }
  }
  return text;
}

}  // namespace samples
