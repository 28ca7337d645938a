#ifndef KVS_TESTS_PLUGIN_MARKDOWN_H_
#define KVS_TESTS_PLUGIN_MARKDOWN_H_

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

// As much of Markdown as it takes to compare a page with the code.
namespace kvs::plugin {

// A row of a table: where it stands, and its cells without the blanks around them.
struct MarkdownRow {
  std::string section;           // the heading above it, without #
  std::vector<std::string> head;  // of its table
  std::vector<std::string> cells;
};

inline std::string ReadText(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

inline std::string Trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  return begin == std::string_view::npos
             ? std::string()
             : std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

inline std::vector<std::string> CellsOf(std::string_view line) {
  std::vector<std::string> cells;
  for (std::size_t at = 1; at < line.size();) {
    const std::size_t end = std::min(line.find('|', at), line.size());
    cells.push_back(Trimmed(line.substr(at, end - at)));
    at = end + 1;
  }
  return cells;
}

// The rows of all tables of a page.
inline std::vector<MarkdownRow> RowsOf(const std::string& page) {
  std::vector<MarkdownRow> rows;
  std::vector<std::string> head;
  std::string section;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) {
      section = Trimmed(line.substr(line.find_first_not_of('#')));
    }
    if (!line.starts_with("|")) {
      head.clear();
    } else if (head.empty()) {
      head = CellsOf(line);
    } else if (!line.starts_with("| ---")) {
      rows.push_back({section, head, CellsOf(line)});
    }
  }
  return rows;
}

// What stands below a heading, up to the next one.
inline std::string SectionOf(const std::string& page, const std::string& heading) {
  const std::regex begin("(^|\n)#+ " + heading + "\n");
  std::smatch match;
  if (!std::regex_search(page, match, begin)) {
    return "";
  }
  const auto from = static_cast<std::size_t>(match.position() + match.length());
  return page.substr(from, page.find("\n#", from) - from);
}

// All `words` in back quotes.
inline std::vector<std::string> QuotedIn(const std::string& text) {
  std::vector<std::string> words;
  const std::regex quoted("`([^`\n]+)`");
  for (std::sregex_iterator it(text.begin(), text.end(), quoted), end; it != end; ++it) {
    words.push_back((*it)[1]);
  }
  return words;
}

}  // namespace kvs::plugin

#endif  // KVS_TESTS_PLUGIN_MARKDOWN_H_
