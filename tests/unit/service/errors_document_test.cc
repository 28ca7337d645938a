#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "kvs/ack.h"
#include "kvs/status.h"
#include "pic/stream/recovery.h"
#include "pic/stream/stream_machine.h"
#include "producer/service/error_map.h"

namespace kvs {
namespace {

constexpr int kUnlisted4xx = 418;
constexpr int kUnlisted5xx = 505;
constexpr int kUnlistedOther = 302;

StatusCode StatusOfMessage(const std::string& message) {
  const service::HttpResponse response = {403,
                                          {{"x-amzn-ErrorType", "InvalidSignatureException"}},
                                          "{\"message\":\"" + message + "\"}"};
  return service::StatusFromResponse({}, response).code();
}

std::string RetryName(RetryClass retry) {
  switch (retry) {
    case RetryClass::kNever:
      return "not retried";
    case RetryClass::kBackoff:
      return "the same call, after a back-off";
    case RetryClass::kReconnect:
      return "a new connection, after a back-off";
    case RetryClass::kRefreshEndpoint:
      return "the endpoint is asked for again";
    case RetryClass::kRefreshCredentials:
      return "credentials are fetched again";
  }
  return "";
}

std::string FateName(recovery::FragmentFate fate) {
  switch (fate) {
    case recovery::FragmentFate::kResend:
      return "sent again";
    case recovery::FragmentFate::kCondemn:
      return "lost, and reported";
    case recovery::FragmentFate::kRestateTracks:
      return "sent again under a header that fits; lost if that is refused, too";
  }
  return "";
}

// What the stream does after a failure, in words. The machine is asked, so that this cannot differ
// from what happens.
std::string Reaction(const machine::State& state, const machine::Event& event,
                     const machine::Facts& facts) {
  const machine::Step step = machine::OnEvent(state, event, facts);
  const auto does = [&step](machine::Action action) {
    return std::find(step.actions.begin(), step.actions.end(), action) != step.actions.end();
  };
  const std::string first =
      does(machine::Action::kRefreshCredentials) ? "refresh credentials, " : "";
  if (std::holds_alternative<machine::Failed>(step.next)) {
    return "fail the stream";
  }
  if (std::holds_alternative<machine::Reconnecting>(step.next)) {
    return first + "reconnect";
  }
  if (does(machine::Action::kWarn)) {
    return "warn, go on without tags";
  }
  if (const auto* calling = std::get_if<machine::Calling>(&step.next)) {
    return calling->call == machine::Call::kCreate ? "create the stream" : "?";
  }
  const auto* waiting = std::get_if<machine::BackingOff>(&step.next);
  if (waiting == nullptr) {
    return "?";
  }
  const auto* failed = std::get_if<machine::Calling>(&state);
  if (failed != nullptr && failed->call == waiting->call) {
    return first + "retry";
  }
  return waiting->call == machine::Call::kGetEndpoint ? "refresh endpoint, reconnect"
         : failed != nullptr                          ? "describe the stream"
                                                      : "describe the stream, reconnect";
}

// `react` of the code, except that a refusal is final only when new credentials are refused as well,
// and nothing of the stream was persisted yet (StreamCore).
template <typename React>
std::string WithRefusals(StatusCode code, React react) {
  return code == StatusCode::kNotAuthorized
             ? react(StatusCode::kCredentialsExpired) + "; refused again: " + react(code)
             : react(code);
}

std::string SessionReaction(StatusCode code) {
  return WithRefusals(code, [](StatusCode one) {
    return Reaction(machine::Streaming{}, machine::SessionFailed{recovery::ReactToFailure(one)},
                    {});
  });
}

std::string CallReaction(machine::Call call, StatusCode code) {
  return WithRefusals(code, [call](StatusCode one) {
    return Reaction(machine::Calling{call}, machine::CallFailed{one},
                    {/*allow_creation=*/true, /*has_tags=*/true});
  });
}

// GetDataEndpoint's, and where another call differs, its name and what it does.
std::string CallReactions(StatusCode code) {
  const std::string usual = CallReaction(machine::Call::kGetEndpoint, code);
  std::string text = usual;
  for (const machine::Call call :
       {machine::Call::kDescribe, machine::Call::kCreate, machine::Call::kTag}) {
    if (const std::string own = CallReaction(call, code); own != usual) {
      text += "<br>" + std::string(machine::Name(call)) + ": " + own;
    }
  }
  return text;
}

// What becomes of the fragments that the session had sent.
std::string FragmentAfter(StatusCode code) {
  if (SessionReaction(code) == "fail the stream") {
    return "lost, and reported";
  }
  return code == StatusCode::kNotAuthorized
             ? "sent again; lost, and reported, when the stream fails"
             : "sent again";
}

std::string Row(std::string_view kind, std::string_view failure, StatusCode code) {
  return "| " + std::string(kind) + " | " + std::string(failure) + " | " +
         std::string(Describe(code).name) + " | " + CallReactions(code) + " | " +
         SessionReaction(code) + " | " + FragmentAfter(code) + " |\n";
}

std::string AckRow(const recovery::AckReaction& row) {
  const std::string id = row.error_id == 0 ? "any other id"
                                           : std::to_string(row.error_id) + " " +
                                                 std::string(AckErrorName(row.error_id));
  std::string fate = FateName(row.fate);
  if (row.error_id == 0) {
    fate += "; lost, and reported, the " + std::to_string(recovery::kMaxRefusals) + "th time";
  }
  if (row.host_alive) {
    fate += "; others: what was RECEIVED is kept";
  }
  return "| ack | " + id + " | " + std::string(Describe(row.code).name) + " | | " +
         Reaction(machine::Streaming{}, machine::SessionFailed{row.next}, {}) + " | " + fate +
         " |\n";
}

std::vector<service::TransportError> AllTransportErrors() {
  std::vector<service::TransportError> all;
  for (int i = 0; i <= static_cast<int>(service::TransportError::kOther); ++i) {
    all.push_back(static_cast<service::TransportError>(i));
  }
  return all;
}

std::string TransportRow(service::TransportError error) {
  const std::string_view text = service::TransportErrorText(error);
  if (error == service::TransportError::kCancelled) {
    // Only what the stream has given up is cancelled, and it does not listen to that any more.
    return "| transport | " + std::string(text) +
           " | Cancelled | nothing: the stream itself did | nothing: the stream itself did | as "
           "decided then |\n";
  }
  return Row("transport", text, MapTransportError(error));
}

std::string FailureTable() {
  std::string out =
      "| Kind | Failure | Status | After a call | After a PutMedia session | Its fragments are |\n"
      "| --- | --- | --- | --- | --- | --- |\n";
  for (const service::ErrorRule& rule : service::ErrorRules()) {
    if (!rule.error_type.empty()) {
      out += Row("error type", rule.error_type, rule.code);
    }
  }
  out += Row("error type", std::string(service::kKmsErrorPrefix) + "…, any",
             service::MapServiceError(400, "KMSAnyException"));
  out += "| error type | any other | by the HTTP status | | | |\n";
  out += Row("message", "Signature expired…, Signature not yet current…",
             StatusOfMessage("Signature expired: x"));
  for (const service::ErrorRule& rule : service::ErrorRules()) {
    if (rule.error_type.empty()) {
      out += Row("HTTP", std::to_string(rule.http_status), rule.code);
    }
  }
  out += Row("HTTP", "any other 4xx", service::MapServiceError(kUnlisted4xx, ""));
  out += Row("HTTP", "any other 5xx", service::MapServiceError(kUnlisted5xx, ""));
  out += Row("HTTP", "any other but 200", service::MapServiceError(kUnlistedOther, ""));
  out += "| HTTP | 200, and the body cannot be understood | BadResponse | " +
         CallReactions(StatusCode::kBadResponse) +
         " | goes on: an unknown acknowledgement is passed over | |\n";
  out += "| HTTP | 200, and the connection ends early | ConnectionLost | | " +
         SessionReaction(StatusCode::kConnectionLost) + " | sent again |\n";
  for (const service::TransportError error : AllTransportErrors()) {
    out += TransportRow(error);
  }
  for (const StatusCode code : {StatusCode::kNoCredentials, StatusCode::kCredentialsExpired,
                                StatusCode::kCredentialsRefused}) {
    out += Row("credentials", Describe(code).meaning, code);
  }
  for (const recovery::AckReaction& row : recovery::AllAckReactions()) {
    if (row.error_id != 0) {
      out += AckRow(row);
    }
  }
  out += AckRow(recovery::ReactToAckError(0));
  return out;
}

std::string Document() {
  std::ostringstream out;
  out << "# Errors\n\nPrinted by `service_test` from the tables in the code.\n\n## Status codes\n\n"
         "`pic/base/status.cc`. Numbers are stable.\n\n| Code | Name | Meaning | What follows |\n"
         "| --- | --- | --- | --- |\n";
  for (const StatusCodeInfo& row : AllStatusCodes()) {
    out << "| " << static_cast<std::uint32_t>(row.code) << " | " << row.name << " | " << row.meaning
        << " | " << (row.code == StatusCode::kOk ? "" : RetryName(row.retry)) << " |\n";
  }
  out << "\nA refusal (`NotAuthorized`) is retried once with credentials fetched anew before it is "
         "final. For a stream of which something was persisted it is never final: it is told, and "
         "tried again like an outage.\n"
         "\n## What follows on which failure\n\n"
         "Everything that can go wrong between a stream and the service. What an answer means is "
         "in `producer/service/error_map.cc`, what "
         "an error acknowledgement means in `pic/stream/recovery.cc`, and what follows in "
         "`pic/stream/stream_machine.cc`.\n\n"
         "Of an answer the error type (`x-amzn-ErrorType`, or `__type` or `code` of the body) "
         "counts first, then the HTTP status. *Retry* and "
         "*reconnect* wait for the back-off before, at most 10 s, or for as long as `Retry-After` "
         "says. *A call* is DescribeStream, CreateStream, "
         "TagStream or GetDataEndpoint; one that differs has a line of its own. *Create the "
         "stream* fails it with `allow-create-stream=false`. "
         "*Refresh endpoint* is GetDataEndpoint again; it also comes before *reconnect* where the "
         "service did not answer at all. A refusal while the clock of this machine "
         "is off by more than 4 minutes counts as "
         "`CredentialsExpired`, and the next signature is made with the service's time. An error "
         "acknowledgement ends the session that drew it.\n\n"
      << FailureTable();
  return out.str();
}

TEST(ErrorsDocumentTest, IsWhatTheTablesSay) {
  const std::string path = std::string(KVS_SOURCE_DIR) + "/docs/errors.md";
  if (std::getenv("KVS_UPDATE_DOCS") != nullptr) {
    std::ofstream(path) << Document();
    GTEST_SKIP() << "wrote " << path;
  }
  std::stringstream stored;
  stored << std::ifstream(path).rdbuf();
  EXPECT_EQ(stored.str(), Document()) << "run this test with KVS_UPDATE_DOCS=1 to write " << path;
}

// Everything that the service's API reference says an operation may answer: common to all, then by
// operation.
struct DocumentedError {
  service::ApiCall call;
  std::string_view type;
  int http_status;
};

std::vector<DocumentedError> DocumentedErrors() {
  using enum service::ApiCall;
  std::vector<DocumentedError> all;
  for (const service::ApiCall call :
       {kDescribeStream, kCreateStream, kTagStream, kGetDataEndpoint, kPutMedia}) {
    for (const auto& [type, status] : std::initializer_list<std::pair<std::string_view, int>>{
             {"AccessDeniedException", 400},
             {"IncompleteSignature", 400},
             {"InternalFailure", 500},
             {"InvalidAction", 400},
             {"InvalidClientTokenId", 403},
             {"InvalidParameterCombination", 400},
             {"InvalidParameterValue", 400},
             {"InvalidQueryParameter", 400},
             {"MalformedQueryString", 404},
             {"MissingAction", 400},
             {"MissingAuthenticationToken", 403},
             {"MissingParameter", 400},
             {"NotAuthorized", 400},
             {"OptInRequired", 403},
             {"RequestExpired", 400},
             {"ServiceUnavailable", 503},
             {"ThrottlingException", 400},
             {"ValidationError", 400},
             {"ClientLimitExceededException", 400},
             {"InvalidArgumentException", 400}}) {
      all.push_back({call, type, status});
    }
    if (call != kCreateStream) {
      all.push_back({call, "NotAuthorizedException", 401});
      all.push_back({call, "ResourceNotFoundException", 404});
    }
  }
  all.insert(all.end(), {{kCreateStream, "AccountStreamLimitExceededException", 400},
                         {kCreateStream, "DeviceStreamLimitExceededException", 400},
                         {kCreateStream, "InvalidDeviceException", 400},
                         {kCreateStream, "ResourceInUseException", 400},
                         {kCreateStream, "TagsPerResourceExceededLimitException", 400},
                         {kTagStream, "InvalidResourceFormatException", 400},
                         {kTagStream, "TagsPerResourceExceededLimitException", 400},
                         {kPutMedia, "ConnectionLimitExceededException", 400},
                         {kPutMedia, "InvalidEndpointException", 400}});
  return all;
}

// How many rows of the table begin with these two cells.
std::size_t RowsOf(const std::string& kind, const std::string& which) {
  const std::string table = "\n" + FailureTable();
  const std::string begin = "\n| " + kind + " | " + which + " | ";
  std::size_t count = 0;
  for (std::size_t at = table.find(begin); at != std::string::npos;
       at = table.find(begin, at + 1)) {
    ++count;
  }
  return count;
}

TEST(ErrorsDocumentTest, EveryDocumentedErrorTypeHasOneRow) {
  for (const DocumentedError& error : DocumentedErrors()) {
    EXPECT_EQ(RowsOf("error type", std::string(error.type)), 1u) << error.type;
    // Its type decides, and not the HTTP status that comes with it.
    EXPECT_EQ(service::MapServiceError(error.http_status, error.type),
              service::MapServiceError(0, error.type))
        << error.type;
    EXPECT_NE(service::MapServiceError(0, error.type), StatusCode::kBadResponse) << error.type;
  }
}

TEST(ErrorsDocumentTest, EveryHttpStatusOfTheProtocolHasOneRow) {
  for (const int status :
       {400, 401, 403, 404, 406, 408, 409, 413, 429, 500, 501, 502, 503, 504, 598, 599}) {
    EXPECT_EQ(RowsOf("HTTP", std::to_string(status)), 1u) << status;
  }
}

TEST(ErrorsDocumentTest, WhatIsNotListedHasTheDefaultRow) {
  for (int status = 100; status < 700; ++status) {
    if (status == service::kHttpOk || RowsOf("HTTP", std::to_string(status)) == 1) {
      continue;
    }
    const StatusCode code = status >= 400 && status < 500   ? StatusCode::kInvalidRequest
                            : status >= 500 && status < 600 ? StatusCode::kServiceFailure
                                                            : StatusCode::kBadResponse;
    EXPECT_EQ(service::MapServiceError(status, ""), code) << status;
    EXPECT_EQ(service::MapServiceError(status, "BrandNewException"), code) << status;
    EXPECT_EQ(service::MapServiceError(status, "KMSBrandNewException"),
              StatusCode::kEncryptionKeyRefused)
        << status;
  }
  for (const service::ErrorRule& rule : service::ErrorRules()) {
    if (rule.error_type.empty()) {
      EXPECT_EQ(service::MapServiceError(rule.http_status, "BrandNewException"), rule.code)
          << rule.http_status;
    }
  }
  for (const char* which : {"any other 4xx", "any other 5xx", "any other but 200"}) {
    EXPECT_EQ(RowsOf("HTTP", which), 1u) << which;
  }
  EXPECT_EQ(RowsOf("error type", "any other"), 1u);
  EXPECT_EQ(RowsOf("ack", "any other id"), 1u);
  EXPECT_EQ(recovery::ReactToAckError(4999).error_id, 0);
}

TEST(ErrorsDocumentTest, EveryTransportErrorHasOneRow) {
  for (const service::TransportError error : AllTransportErrors()) {
    EXPECT_EQ(RowsOf("transport", std::string(service::TransportErrorText(error))), 1u);
    EXPECT_NE(service::MapTransportError(error), StatusCode::kInternal);
  }
  const auto past = static_cast<service::TransportError>(AllTransportErrors().size());
  EXPECT_EQ(service::MapTransportError(past), StatusCode::kInternal)
      << "kOther is not the last one any more";
}

TEST(ErrorsDocumentTest, EveryAckErrorHasOneRow) {
  for (const AckErrorInfo& error : kAckErrors) {
    EXPECT_EQ(RowsOf("ack", std::to_string(error.id) + " " + std::string(error.name)), 1u)
        << error.name;
    EXPECT_EQ(recovery::ReactToAckError(error.id).error_id, error.id);
  }
  EXPECT_EQ(recovery::AllAckReactions().size(), kAckErrors.size() + 1);
}

TEST(ErrorsDocumentTest, EveryRowSaysWhatFollows) {
  EXPECT_EQ(FailureTable().find('?'), std::string::npos);
}

}  // namespace
}  // namespace kvs
