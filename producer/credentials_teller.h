#ifndef KVS_PRODUCER_CREDENTIALS_TELLER_H_
#define KVS_PRODUCER_CREDENTIALS_TELLER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kvs/stream_events.h"

namespace kvs {

// What a stream tells of its credentials: that they were found, that they are failing, once per episode, and that they were renewed. Not synchronised.
class CredentialsTeller {
 public:
  // As CredentialsObserver has it.
  CredentialsRenewed OnRenewed(std::string_view source, std::optional<WallTime> expiration) {
    trouble_ = Trouble::kNone;
    had_some_ = true;
    return {std::string(source), expiration};
  }
  std::optional<CredentialsFailing> OnRenewalFailed(std::string_view source, const Status& reason, Duration retry_in) {
    return Begin(Trouble::kRenewal, source, reason, retry_in);
  }

  // A request had to do without.
  std::optional<CredentialsFailing> OnNone(std::string_view source, const Status& reason, Duration retry_in) {
    return Begin(Trouble::kNoCredentials, source, reason, retry_in);
  }
  // A request has got some. After a failed renewal they may be the old ones, which end nothing.
  std::optional<CredentialsRenewed> OnSome(std::string_view source, std::optional<WallTime> expiration) {
    const bool first = !had_some_ && trouble_ == Trouble::kNone;
    if (!first && trouble_ != Trouble::kNoCredentials) {
      return std::nullopt;
    }
    CredentialsRenewed news = OnRenewed(source, expiration);
    news.first = first;
    return news;
  }

 private:
  enum class Trouble : std::uint8_t {
    kNone,
    kRenewal,        // the old ones are still good
    kNoCredentials,  // there are none
  };

  std::optional<CredentialsFailing> Begin(Trouble trouble, std::string_view source, const Status& reason,
                                          Duration retry_in) {
    const bool first = trouble_ == Trouble::kNone;
    trouble_ = trouble;
    return first ? std::optional(CredentialsFailing{std::string(source), reason, retry_in}) : std::nullopt;
  }

  Trouble trouble_ = Trouble::kNone;
  bool had_some_ = false;
};

}  // namespace kvs

#endif  // KVS_PRODUCER_CREDENTIALS_TELLER_H_
