#ifndef KVS_EMULATOR_SERVER_QUERY_TEXT_H_
#define KVS_EMULATOR_SERVER_QUERY_TEXT_H_

#include <map>
#include <string>
#include <string_view>

namespace kvs::emulator {

// "%41" becomes "A"; what is no such triple stays as it is.
std::string UriDecode(std::string_view text);

// The parameters of a form or a query, "a=b+c&d=%26": names and values decoded, '+' is a blank. Of equal names the last one.
// Source: URL Standard, "application/x-www-form-urlencoded parsing".
std::map<std::string, std::string> ParseForm(std::string_view text);

// `text` as it may stand between the tags of XML 1.0; what cannot becomes '?'.
std::string XmlText(std::string_view text);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_QUERY_TEXT_H_
