#ifndef KVS_PIC_BASE_UTF8_H_
#define KVS_PIC_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace kvs {

// How many characters; nothing when the text is not UTF-8 (too long forms, surrogates and what lies
// above U+10FFFF are not). Source: RFC 3629, section 4.
inline std::optional<std::size_t> CountUtf8(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                    ? 1u
                               : lead >= 0xC2 && lead <= 0xDF ? 2u
                               : lead >= 0xE0 && lead <= 0xEF ? 3u
                               : lead >= 0xF0 && lead <= 0xF4 ? 4u
                                                              : 0u;
    if (length == 0 || text.size() - i < length) {
      return std::nullopt;
    }
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      const unsigned low = k > 1 ? 0x80u : lead == 0xE0 ? 0xA0u : lead == 0xF0 ? 0x90u : 0x80u;
      const unsigned high = k > 1 ? 0xBFu : lead == 0xED ? 0x9Fu : lead == 0xF4 ? 0x8Fu : 0xBFu;
      if (next < low || next > high) {
        return std::nullopt;
      }
    }
    i += length;
  }
  return count;
}

}  // namespace kvs

#endif  // KVS_PIC_BASE_UTF8_H_
