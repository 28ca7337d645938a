#include "kvs/credentials.h"

#include <algorithm>
#include <string>

namespace kvs {
namespace {

// Source: IAM API reference (access key id 16..128 characters); Amazon's producer bounds the secret
// likewise. Tokens have no documented limit; this one is what an HTTP server takes as one header
// line.
constexpr std::size_t kMaxKeyLength = 128;
constexpr std::size_t kMaxTokenLength = 8192;

Status CheckPart(std::string_view what, std::string_view text, std::size_t max_length) {
  const std::string subject = "the " + std::string(what) + " of the credentials ";
  if (text.size() > max_length) {
    return {StatusCode::kInvalidArgument, subject + "has " + std::to_string(text.size()) +
                                              " bytes, at most " + std::to_string(max_length) +
                                              " are possible"};
  }
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return {StatusCode::kInvalidArgument,
            subject + "holds white space or characters that are not printable ASCII"};
  }
  return {};
}

}  // namespace

NetworkServices::~NetworkServices() = default;
// NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides it keeps the task
void NetworkServices::After(Duration /*delay*/, std::function<void()> /*task*/) {}
CredentialsObserver::~CredentialsObserver() = default;
CredentialSource::~CredentialSource() = default;

Status Validate(const Credentials& credentials) {
  if (credentials.access_key_id.empty()) {
    return {StatusCode::kInvalidArgument, "the access key of the credentials is empty"};
  }
  if (credentials.secret_access_key.empty()) {
    return {StatusCode::kInvalidArgument, "the secret key of the credentials is empty"};
  }
  Status status = CheckPart("access key", credentials.access_key_id, kMaxKeyLength);
  if (status.ok()) {
    status = CheckPart("secret key", credentials.secret_access_key.Reveal(), kMaxKeyLength);
  }
  if (status.ok()) {
    status = CheckPart("session token", credentials.session_token.Reveal(), kMaxTokenLength);
  }
  return status;
}

}  // namespace kvs
