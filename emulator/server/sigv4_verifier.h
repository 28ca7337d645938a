#ifndef KVS_EMULATOR_SERVER_SIGV4_VERIFIER_H_
#define KVS_EMULATOR_SERVER_SIGV4_VERIFIER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/api_answer.h"
#include "emulator/model/time.h"
#include "emulator/server/http_request.h"

namespace kvs::emulator {

struct Credential {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // empty: a long-term key, requests must carry no token
  Time expires = kForever;
};

// Checks AWS Signature Version 4 in the Authorization header, independently of the producer's
// signer. Source: AWS General Reference, "Signature Version 4 signing process".
class SigV4Verifier {
 public:
  static constexpr Duration kMaxSkew = std::chrono::minutes(5);
  static constexpr std::string_view kService = "kinesisvideo";

  // An empty `region` accepts every one.
  explicit SigV4Verifier(std::string region) : region_(std::move(region)) {}

  // Adds or replaces the credential of that access key.
  void Add(Credential credential);
  bool Remove(const std::string& access_key) { return credentials_.erase(access_key) > 0; }
  void Clear() { credentials_.clear(); }

  // The refusal, or none. `body` is what was sent; none for putMedia, whose body is not signed:
  // there x-amz-content-sha256 counts, or the hash of the empty string when it is absent. `service` is who has to be in the scope.
  std::optional<ApiError> Verify(const HttpRequest& request, std::optional<std::string_view> body,
                                 Time now, std::string_view service = kService) const;
  // The access key that a request names, whether it is known or not; empty when it names none.
  static std::string AccessKeyOf(const HttpRequest& request);

 private:
  struct Authorization {
    std::string access_key;
    std::string date;  // yyyymmdd
    std::string region;
    std::string service;
    std::vector<std::string> signed_headers;
    std::string signature;
  };

  static std::optional<Authorization> Parse(std::string_view header);
  std::optional<ApiError> CheckScope(const Authorization& authorization, std::string_view amz_date,
                                     std::string_view service, Time now) const;
  static std::optional<ApiError> CheckToken(const Credential& credential,
                                            const HttpRequest& request, Time now);

  std::string region_;
  std::map<std::string, Credential> credentials_;
};

// "ID:SECRET[:TOKEN[:DURATION]]"; none when it is not one.
std::optional<Credential> ParseCredential(std::string_view text, Time now);

// "20150830T123600Z"; none when it is not of that form.
std::optional<Time> ParseAmzDate(std::string_view text);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_SIGV4_VERIFIER_H_
