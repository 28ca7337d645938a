#include "producer/service/user_agent.h"

#include <sys/utsname.h>

#include <algorithm>
#include <array>

namespace kvs::service {
namespace {

std::string Cleaned(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c < ' ' || c > '~'; }, '_');
  return out;
}

// One word of the header.
std::string Token(std::string_view text) {
  std::string out = Cleaned(text);
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}

}  // namespace

Platform CurrentPlatform() {
  Platform platform;
#if defined(__clang__)
  platform.compiler = "Clang/" + std::to_string(__clang_major__) + "." +
                      std::to_string(__clang_minor__) + "." + std::to_string(__clang_patchlevel__);
#elif defined(__GNUC__)
  platform.compiler = "GCC/" + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__) +
                      "." + std::to_string(__GNUC_PATCHLEVEL__);
#else
  platform.compiler = "unknown-compiler";
#endif
  utsname names{};
  if (uname(&names) == 0) {
    platform.os = std::string(names.sysname) + "/" + names.release;
    platform.machine = names.machine;
  }
  return platform;
}

std::string MakeUserAgent(std::string_view name, std::string_view version, const Platform& platform,
                          std::string_view custom) {
  // What is always there is cut rather than left out, so that the header is never empty.
  std::string out =
      Token(name.empty() ? std::string_view(kDefaultUserAgentName) : name) + "/" + Token(version);
  out.resize(std::min(out.size(), kMaxUserAgentLength));
  std::string tail = Cleaned(custom.substr(0, kMaxCustomUserAgentLength));
  const std::array<std::string, 4> parts = {Token(platform.compiler), Token(platform.os),
                                            Token(platform.machine), tail};
  for (const std::string& part : parts) {
    if (part.empty()) {
      continue;
    }
    if (out.size() + 1 + part.size() > kMaxUserAgentLength) {
      break;
    }
    out += " " + part;
  }
  return out;
}

}  // namespace kvs::service
