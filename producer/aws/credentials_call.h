#ifndef KVS_PRODUCER_AWS_CREDENTIALS_CALL_H_
#define KVS_PRODUCER_AWS_CREDENTIALS_CALL_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "kvs/credentials.h"
#include "kvs/secret.h"
#include "kvs/status.h"
#include "producer/net/transport.h"
#include "producer/service/error_map.h"
#include "producer/service/http_message.h"

// What sources that ask over HTTP have in common: one exchange, with an answer that is wiped and errors that say what was tried.
namespace kvs::aws {

// An answer is longer than this only by mistake: a session token has 8 KiB at most, see Validate(Credentials).
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{16} * 1024;

// What the service said of an error, for messages.
struct ServiceWords {
  std::string type;  // "AccessDenied"; empty: none
  std::string message;
};
// Of {"message": "…"} or {"Message": "…"}, also with "code", "Code" or "error" and "error_description".
ServiceWords WordsOfJson(std::string_view body);

// How a call is told of in messages.
struct CallText {
  std::string attempt;            // "asking STS for … (POST https://…)"
  std::string_view refusal_hint;  // "; check …", what a user can look at when it was refused
  std::string_view answer_hint;   // the same when the answer makes no sense
  std::string_view (*transport_hint)(service::TransportError) = nullptr;  // or when there was none
  ServiceWords (*words)(std::string_view body) = WordsOfJson;

  // The error of an answer of 200; `why` is a clause.
  [[nodiscard]] Status NotUnderstood(std::string_view why) const;
};

struct CredentialsCall {
  CallText text;
  service::HttpRequest request;
  net::TransferOptions how;
};

// Makes the call. `done` is called on the network thread, not before this returns, unless `alive` has expired by then: with the body
// of an answer of 200, or with an error: kInvalidState: there is no network; kCredentialsRefused (4xx); kThrottled, kServiceFailure;
// kBadResponse: longer than kMaxAnswerBytes; those of a connection. http_status() tells what came.
void StartCall(NetworkServices& net, CredentialsCall call, std::weak_ptr<void> alive, std::function<void(Result<Secret>)> done);

// How requests of a source travel. `direct`: to a host of the machine's own network, without a proxy. Errors: of net::MakeRoute.
Result<net::TransferOptions> TravelOf(const AwsSourceOptions& options, bool direct);

// Where in a JSON answer credentials are, by path.
struct CredentialNames {
  std::string_view access_key;
  std::string_view secret_key;
  std::string_view token;
  std::string_view expiration;    // a time as text, or milliseconds since 1970 as a number
  bool is_temporary = true;  // token and expiration must be there
};

// Errors: kBadResponse with why, as a clause; never quotes the text.
Result<Credentials> CredentialsOfJson(std::string_view text, const CredentialNames& names);

// StartCall, for an answer that is JSON with credentials. The same errors, and NotUnderstood.
void AskForCredentials(NetworkServices& net, CredentialsCall call, const CredentialNames& names, std::weak_ptr<void> alive,
                       CredentialsCallback done);

// The same checks for credentials that were read from elsewhere.
Status CheckAnswer(const Credentials& credentials, bool is_temporary);

// `text` in quotes as messages have it: printable and bounded.
std::string Quoted(std::string_view text);

}  // namespace kvs::aws

#endif  // KVS_PRODUCER_AWS_CREDENTIALS_CALL_H_
