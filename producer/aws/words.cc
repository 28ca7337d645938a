#include "producer/aws/words.h"

#include <utility>

namespace kvs::aws {

Result<std::vector<std::string>> SplitWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool has_next = i + 1 < text.size();
    if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (c == '\\' && quote == '\0') {
      if (!has_next) {
        return Status(StatusCode::kInvalidArgument, "there is nothing behind the last backslash");
      }
      word += text[++i];
      in_word = true;
    } else if (c == '\\' && quote == '"' && has_next && (text[i + 1] == '"' || text[i + 1] == '\\')) {
      word += text[++i];
    } else if (quote != '\0') {
      word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (std::exchange(in_word, false)) {
        words.push_back(std::exchange(word, {}));
      }
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != '\0') {
    return Status(StatusCode::kInvalidArgument, "a quote is not closed");
  }
  if (in_word) {
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace kvs::aws
