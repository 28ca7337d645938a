#include "producer/net/curl_route.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "pic/base/log.h"
#include "producer/service/http_message.h"
#include "producer/service/validation.h"

namespace kvs::net {
namespace {

using service::TransportError;

constexpr int kProxyAuthenticationRequired = 407;
constexpr std::size_t kMaxLoggedLine = 512;

// Headers whose values nobody is to read.
constexpr std::array<std::string_view, 7> kSecretHeaders = {
    "authorization", "proxy-authorization", "x-amz-security-token", "x-aws-ec2-metadata-token", "x-amz-sso_bearer_token",
    "cookie",        "set-cookie"};
// libcurl names the user in lines like "Proxy auth using Basic with user 'x'".
constexpr std::string_view kNamesUser = "auth using";

long IpResolve(IpVersion version) {
  switch (version) {
    case IpVersion::kV4:
      return CURL_IPRESOLVE_V4;
    case IpVersion::kV6:
      return CURL_IPRESOLVE_V6;
    case IpVersion::kAny:
      break;
  }
  return CURL_IPRESOLVE_WHATEVER;
}

bool IsFolder(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

std::string_view DirectionOf(curl_infotype type) {
  return type == CURLINFO_HEADER_OUT ? "> " : type == CURLINFO_HEADER_IN ? "< " : "* ";
}

// A line as it may be logged; empty when it may not.
std::string Loggable(std::string_view line, curl_infotype type) {
  if (type == CURLINFO_TEXT) {
    return line.find(kNamesUser) == std::string_view::npos ? service::PrintableExcerpt(line, kMaxLoggedLine) : "";
  }
  const std::string_view name = line.substr(0, line.find(':'));
  for (const std::string_view secret : kSecretHeaders) {
    if (service::EqualsIgnoringCase(name, secret)) {
      return std::string(name) + ": ***";
    }
  }
  return service::PrintableExcerpt(line, kMaxLoggedLine);
}

}  // namespace

CurlRoute::CurlRoute(CURL* easy, std::shared_ptr<const Route> route, const std::string& url, const std::string& ca_path)
    : easy_(easy), route_(std::move(route)), is_https_(url.starts_with("https:")) {
  if (route_ == nullptr) {
    return;
  }
  curl_easy_setopt(easy_, CURLOPT_IPRESOLVE, IpResolve(route_->ip_version));
  if (route_->proxies != nullptr) {
    proxy_ = route_->proxies->For(url);
  }
  // Also without a proxy: an empty text keeps libcurl from looking for one in the environment.
  curl_easy_setopt(easy_, CURLOPT_PROXY, proxy_ != nullptr ? proxy_->url.c_str() : "");
  curl_easy_setopt(easy_, CURLOPT_NOPROXY, "");
  if (proxy_ != nullptr) {
    UseProxy(ca_path);
  }
  if (route_->curl_log != nullptr) {
    curl_easy_setopt(easy_, CURLOPT_DEBUGFUNCTION, &CurlRoute::Log);
    curl_easy_setopt(easy_, CURLOPT_DEBUGDATA, this);
    curl_easy_setopt(easy_, CURLOPT_VERBOSE, 1L);
  }
}

void CurlRoute::UseProxy(const std::string& ca_path) {
  curl_easy_setopt(easy_, CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
  if (!proxy_->user.empty() || !proxy_->password.empty()) {
    std::string password(proxy_->password.Reveal());
    curl_easy_setopt(easy_, CURLOPT_PROXYUSERNAME, proxy_->user.c_str());
    curl_easy_setopt(easy_, CURLOPT_PROXYPASSWORD, password.c_str());
    WipeString(password);
  }
  // The proxy reads neither our signature nor the token, and its answer to CONNECT is not that of the service.
  curl_easy_setopt(easy_, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  curl_easy_setopt(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!ca_path.empty()) {
    const bool folder = IsFolder(ca_path);
    curl_easy_setopt(easy_, CURLOPT_PROXY_CAPATH, folder ? ca_path.c_str() : nullptr);
    curl_easy_setopt(easy_, CURLOPT_PROXY_CAINFO, folder ? nullptr : ca_path.c_str());
  }
}

bool CurlRoute::Tunnels() const { return is_https_ || proxy_->url.starts_with("socks"); }

std::optional<TransportError> CurlRoute::Failure(CURLcode code, int http_status) const {
  if (proxy_ == nullptr) {
    return std::nullopt;
  }
  if (!Tunnels()) {
    if (http_status == kProxyAuthenticationRequired) {
      return TransportError::kProxyAuthentication;
    }
    double connect_seconds = 0;
    curl_easy_getinfo(easy_, CURLINFO_CONNECT_TIME, &connect_seconds);
    return code != CURLE_OK && http_status == 0 && connect_seconds <= 0 ? std::optional(TransportError::kProxy) : std::nullopt;
  }
  constexpr long kFirstSuccess = 200;
  constexpr long kPastSuccess = 300;
  long connects = 0;
  long answer = 0;
  curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &connects);
  curl_easy_getinfo(easy_, CURLINFO_HTTP_CONNECTCODE, &answer);
  if (answer == kProxyAuthenticationRequired) {
    return TransportError::kProxyAuthentication;
  }
  double ready_seconds = 0;
  curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME, &ready_seconds);
  // SOCKS tells nothing of its answers: what timed out before anything could be sent is put down to the proxy.
  const bool is_socks = !proxy_->url.starts_with("http");
  const bool reached = is_socks ? code != CURLE_PROXY && code != CURLE_COULDNT_RESOLVE_PROXY && code != CURLE_COULDNT_CONNECT &&
                                      (code != CURLE_OPERATION_TIMEDOUT || ready_seconds > 0)
                                : answer >= kFirstSuccess && answer < kPastSuccess;
  // A connection that was used again has come through the proxy before.
  const bool reused = connects == 0 && code != CURLE_COULDNT_CONNECT && code != CURLE_COULDNT_RESOLVE_PROXY;
  return code == CURLE_OK || http_status != 0 || reached || reused ? std::nullopt : std::optional(TransportError::kProxy);
}

std::string CurlRoute::Detail(std::string words) const {
  return proxy_ == nullptr ? std::move(words) : "through the proxy " + proxy_->url + ": " + words;
}

int CurlRoute::Log(CURL* /*easy*/, curl_infotype type, char* data, std::size_t size, void* self) noexcept {
  const bool is_wanted = type == CURLINFO_TEXT || type == CURLINFO_HEADER_IN || type == CURLINFO_HEADER_OUT;
  const Logger log(static_cast<CurlRoute*>(self)->route_->curl_log.get(), "kvs-net");
  if (!is_wanted || !log.Enabled(LogLevel::kTrace)) {
    return 0;
  }
  std::string_view text(data, size);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    if (const std::string line = Loggable(text.substr(0, end), type); !line.empty()) {
      log.Write(LogLevel::kTrace, std::string(DirectionOf(type)) + line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}

}  // namespace kvs::net
