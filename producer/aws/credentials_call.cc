#include "producer/aws/credentials_call.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "producer/aws/timestamp.h"
#include "producer/environment.h"
#include "producer/net/route.h"
#include "producer/service/json.h"
#include "producer/service/validation.h"

namespace kvs::aws {
namespace {

constexpr std::size_t kMaxExcerpt = 256;
constexpr int kHttpTooManyRequests = 429;
constexpr int kHttpRequestTimeout = 408;
constexpr int kFirstClientError = 400;
// What STS says with 400 when the provider of a token did not answer it, or has just changed its keys. Source: AssumeRoleWithWebIdentity
// API reference, and what the SDKs try again.
constexpr std::string_view kPassing[] = {"IDPCommunicationError", "InvalidIdentityToken"};
constexpr int kFirstServerError = 500;

using service::PrintableExcerpt;
using service::TransportError;

// One call: all that is known of it, so that it does not need the source any more.
class Exchange {
 public:
  Exchange(CallText text, std::weak_ptr<void> alive, std::function<void(Result<Secret>)> done)
      : text_(std::move(text)), alive_(std::move(alive)), done_(std::move(done)) {
    body_.reserve(kMaxAnswerBytes);  // it never moves, so nothing of it stays behind
  }
  ~Exchange() { WipeString(body_); }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void Take(std::span<const std::uint8_t> bytes) {
    too_large_ = too_large_ || body_.size() + bytes.size() > kMaxAnswerBytes;
    if (!too_large_) {
      body_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
  }

  void Finish(const net::TransferResult& result) {
    if (!alive_.expired()) {
      done_(AnswerOf(result));
    }
  }

 private:
  Result<Secret> AnswerOf(const net::TransferResult& result) {
    if (result.error || !result.response) {
      const TransportError error = result.error.value_or(TransportError::kOther);
      std::string message = text_.attempt + " failed: " + std::string(TransportErrorText(error));
      if (!result.detail.empty()) {
        message += " (" + PrintableExcerpt(result.detail, kMaxExcerpt) + ")";
      }
      const std::string_view hint = text_.transport_hint == nullptr ? "" : text_.transport_hint(error);
      return Status(MapTransportError(error), message + std::string(hint));
    }
    if (result.response->status != service::kHttpOk) {
      return Refusal(*result.response);
    }
    if (too_large_) {
      return text_.NotUnderstood("it is longer than " + std::to_string(kMaxAnswerBytes) + " bytes");
    }
    return Secret::Consume(body_);
  }

  Status Refusal(const service::HttpResponse& response) const {
    const ServiceWords words = text_.words(response.body);
    const bool passes = std::find(std::begin(kPassing), std::end(kPassing), words.type) != std::end(kPassing);
    const StatusCode mapped = passes ? StatusCode::kServiceFailure : service::MapServiceError(response.status, words.type);
    const bool theirs = passes || response.status >= kFirstServerError || response.status == kHttpTooManyRequests ||
                        response.status == kHttpRequestTimeout || mapped == StatusCode::kThrottled;
    const bool refused = !theirs && response.status >= kFirstClientError;
    std::string message = text_.attempt + (refused ? " was refused" : " failed");
    if (!words.message.empty()) {
      message += ": " + PrintableExcerpt(words.message, kMaxExcerpt);
    }
    message += service::RedirectHint(response.status);
    return Status(refused ? StatusCode::kCredentialsRefused : mapped,
                  message + std::string(refused ? text_.refusal_hint : ""))
        .WithService(response.status, PrintableExcerpt(words.type, kMaxExcerpt), "");
  }

  const CallText text_;
  const std::weak_ptr<void> alive_;
  const std::function<void(Result<Secret>)> done_;
  std::string body_;
  bool too_large_ = false;
};

class Handler final : public net::TransferHandler {
 public:
  Handler(NetworkServices& net, std::shared_ptr<Exchange> exchange) : net_(net), exchange_(std::move(exchange)) {}

  // Always taken, so that no other place holds it.
  bool OnBody(std::span<const std::uint8_t> bytes) override {
    exchange_->Take(bytes);
    return true;
  }
  void OnDone(net::TransferResult result) override {
    net_.Post([exchange = exchange_, result = std::move(result)] { exchange->Finish(result); });
  }

 private:
  NetworkServices& net_;
  const std::shared_ptr<Exchange> exchange_;
};

}  // namespace

std::string Quoted(std::string_view text) { return "\"" + PrintableExcerpt(text, kMaxExcerpt) + "\""; }

ServiceWords WordsOfJson(std::string_view body) {
  const auto fields = service::JsonFields::Parse(body, service::kMaxResponseBytes);
  ServiceWords words;
  if (!fields.ok()) {
    return words;
  }
  for (const char* name : {"code", "Code", "error", "__type"}) {
    words.type = words.type.empty() ? fields->String(name).value_or("") : words.type;
  }
  for (const char* name : {"message", "Message", "error_description"}) {
    words.message = words.message.empty() ? fields->String(name).value_or("") : words.message;
  }
  return words;
}

Status CallText::NotUnderstood(std::string_view why) const {
  return Status(StatusCode::kBadResponse,
                attempt + ": the answer cannot be understood: " + std::string(why) + std::string(answer_hint))
      .WithService(service::kHttpOk, "", "");
}

void StartCall(NetworkServices& net, CredentialsCall call, std::weak_ptr<void> alive, std::function<void(Result<Secret>)> done) {
  call.how.answer_limit = kMaxAnswerBytes;
  auto exchange = std::make_shared<Exchange>(std::move(call.text), std::move(alive), std::move(done));
  if (net.transport() == nullptr) {
    net.Post([exchange] { exchange->Finish({std::nullopt, TransportError::kOther, "there is no network"}); });
    return;
  }
  net.transport()->Start(std::move(call.request), std::move(call.how), std::make_unique<Handler>(net, std::move(exchange)));
}

Result<net::TransferOptions> TravelOf(const AwsSourceOptions& options, bool direct) {
  net::TransferOptions how;
  how.connect_timeout = options.connection_timeout;
  how.total_timeout = options.completion_timeout;
  how.ca_path = options.ca_path;
  if (direct) {
    how.route = std::make_shared<net::Route>();
    return how;
  }
  auto route = net::MakeRoute(options.path, OrOfProcess(options.environment), /*curl_log=*/nullptr);
  if (!route.ok()) {
    return route.status();
  }
  how.route = *std::move(route);
  return how;
}

Status CheckAnswer(const Credentials& credentials, bool is_temporary) {
  if (Status status = Validate(credentials); !status.ok()) {
    return {StatusCode::kBadResponse, status.message()};
  }
  if (is_temporary && credentials.session_token.empty()) {
    return {StatusCode::kBadResponse, "it has no session token"};
  }
  if (is_temporary && !credentials.expiration) {
    return {StatusCode::kBadResponse, "it has no expiration of the form YYYY-MM-DDTHH:MM:SSZ"};
  }
  return {};
}

Result<Credentials> CredentialsOfJson(std::string_view text, const CredentialNames& names) {
  Result<service::JsonFields> fields = service::JsonFields::Parse(text, kMaxAnswerBytes);
  if (!fields.ok()) {
    return Status(StatusCode::kBadResponse, fields.status().message());
  }
  Credentials credentials;
  // An answer of 200 that says that there are none.
  const std::string code(fields->String("Code").value_or(""));
  if (!code.empty() && code != "Success" && !fields->String(names.access_key)) {
    const std::string why(fields->String("Message").value_or(""));
    return Status(StatusCode::kBadResponse, "it says " + Quoted(code) + (why.empty() ? "" : ": " + PrintableExcerpt(why, kMaxExcerpt)));
  }
  credentials.access_key_id = fields->String(names.access_key).value_or("");
  credentials.secret_access_key = Secret(fields->String(names.secret_key).value_or(""));
  credentials.session_token = Secret(fields->String(names.token).value_or(""));
  const std::optional<std::string_view> until = fields->String(names.expiration);
  const std::optional<std::int64_t> until_ms = fields->Integer(names.expiration);
  if (until && !until->empty()) {
    credentials.expiration = ParseIsoTime(*until);
  } else if (until_ms && *until_ms > 0 && *until_ms < WallTime::FromNanos(INT64_MAX).seconds() * 1000) {
    credentials.expiration = WallTime() + Duration::Millis(*until_ms);
  }
  const bool broken = until && !until->empty() && !credentials.expiration;
  if (Status status = CheckAnswer(credentials, names.is_temporary || broken); !status.ok()) {
    return status;
  }
  return credentials;
}

void AskForCredentials(NetworkServices& net, CredentialsCall call, const CredentialNames& names, std::weak_ptr<void> alive,
                       CredentialsCallback done) {
  CallText text = call.text;
  StartCall(net, std::move(call), std::move(alive),
            [text = std::move(text), names, done = std::move(done)](Result<Secret> answer) {
              if (!answer.ok()) {
                done(answer.status());
                return;
              }
              Result<Credentials> credentials = CredentialsOfJson(answer->Reveal(), names);
              done(credentials.ok() ? std::move(credentials) : text.NotUnderstood(credentials.status().message()));
            });
}

}  // namespace kvs::aws
