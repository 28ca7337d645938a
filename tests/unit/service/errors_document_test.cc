#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "kvs/ack.h"
#include "kvs/status.h"
#include "pic/stream/recovery.h"
#include "producer/service/error_map.h"

namespace kvs {
namespace {

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

std::string NextName(recovery::Next next) {
  switch (next) {
    case recovery::Next::kReconnect:
      return "reconnect";
    case recovery::Next::kNewEndpoint:
      return "get the endpoint, then reconnect";
    case recovery::Next::kDescribeAgain:
      return "describe the stream, then reconnect";
    case recovery::Next::kNewCredentials:
      return "refresh credentials, then reconnect";
    case recovery::Next::kFail:
      return "fail";
  }
  return "";
}

std::string Document() {
  std::ostringstream out;
  out << "# Errors\n\nPrinted by `service_test` from the tables in the code.\n\n## Status codes\n\n"
         "`pic/base/status.cc`. Numbers are stable.\n\n| Code | Name | Meaning | What follows |\n"
         "| --- | --- | --- | --- |\n";
  for (const StatusCodeInfo& row : AllStatusCodes()) {
    out << "| " << static_cast<std::uint32_t>(row.code) << " | " << row.name << " | " << row.meaning << " | "
        << (row.code == StatusCode::kOk ? "" : RetryName(row.retry)) << " |\n";
  }
  out << "\nA refusal (`NotAuthorized`) is retried once with credentials fetched anew before it is final.\n\n"
         "## Answers of the service\n\n`producer/service/error_map.cc`. The first row that fits counts; other 4xx are "
         "`InvalidRequest`, other 5xx `ServiceFailure`.\n\n| Error type | HTTP | Status |\n| --- | --- | --- |\n";
  for (const service::ErrorRule& rule : service::ErrorRules()) {
    out << "| " << (rule.error_type.empty() ? "any" : rule.error_type) << " | "
        << (rule.http_status == 0 ? "any" : std::to_string(rule.http_status)) << " | " << Describe(rule.code).name
        << " |\n";
  }
  out << "\n## Error acknowledgements\n\n`pic/stream/recovery.cc`. The session that drew the error is ended. *Alive*: "
         "what the service has RECEIVED is not sent again.\n\n| Id | Name | The fragment is | Service | Then |\n"
         "| --- | --- | --- | --- | --- |\n";
  for (const recovery::AckReaction& row : recovery::AllAckReactions()) {
    out << "| " << (row.error_id == 0 ? "other" : std::to_string(row.error_id)) << " | "
        << (row.error_id == 0 ? "" : AckErrorName(row.error_id)) << " | " << FateName(row.fate) << " | "
        << (row.host_alive ? "alive" : "") << " | " << NextName(row.next) << " |\n";
  }
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

}  // namespace
}  // namespace kvs
