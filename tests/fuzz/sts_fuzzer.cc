// Answers of STS, and of what gives credentials as JSON.

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "producer/aws/credentials_call.h"
#include "producer/aws/sts.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void CheckResult(const kvs::Result<kvs::Credentials>& result) {
  if (result.ok()) {
    kvs::fuzz::Check(Validate(*result).ok() && !result->session_token.empty() && result->expiration.has_value(),
                     "what is taken can be used");
  } else {
    kvs::fuzz::Check(result.status().code() == kvs::StatusCode::kBadResponse, "what is not taken is a bad response");
    kvs::fuzz::Check(result.status().message().size() < 256 && IsPrintable(result.status().message()),
                     "messages are bounded and printable");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckResult(kvs::aws::CredentialsOfSts(text));
  CheckResult(kvs::aws::CredentialsOfJson(text, {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}));
  (void)kvs::aws::WordsOfXml(text);
  return 0;
}
