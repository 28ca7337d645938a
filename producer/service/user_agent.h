#ifndef KVS_PRODUCER_SERVICE_USER_AGENT_H_
#define KVS_PRODUCER_SERVICE_USER_AGENT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace kvs::service {

inline constexpr char kDefaultUserAgentName[] = "kvsproducer";
inline constexpr std::size_t kMaxUserAgentLength = 256;
inline constexpr std::size_t kMaxCustomUserAgentLength = 128;

// What a build runs on, as it appears in the User-Agent.
struct Platform {
  std::string compiler;  // "GCC/12.2.0"
  std::string os;        // "Linux/6.1.0"
  std::string machine;   // "x86_64"
};

// Of this build on this machine. Asks the operating system; keep the answer.
Platform CurrentPlatform();

// "kvsproducer/0.1.0 GCC/12.2.0 Linux/6.1.0 x86_64 custom", at most 256 characters. Characters that
// have no place in a header become '_'. What does not fit is left out whole: `custom` first, then
// the platform from its end. `name` empty: kDefaultUserAgentName. A name that already has a version
// ("MyApp/1.0") keeps it, and ours follows.
std::string MakeUserAgent(std::string_view name, std::string_view version, const Platform& platform,
                          std::string_view custom);

}  // namespace kvs::service

#endif  // KVS_PRODUCER_SERVICE_USER_AGENT_H_
