#include "producer/compat/status_map.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kvs/ack.h"
#include "kvs/status.h"

namespace kvs::compat {
namespace {

TEST(StatusMapTest, HasARowForEveryStatusCode) {
  const std::vector<StatusCodeInfo> codes(AllStatusCodes().begin(), AllStatusCodes().end());
  ASSERT_EQ(StatusTable().size(), codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    EXPECT_EQ(StatusTable()[i].code, codes[i].code) << codes[i].name;
    EXPECT_EQ(StatusOf(Status(codes[i].code, "")), StatusTable()[i].status);
    EXPECT_EQ(StatusTable()[i].status == STATUS_SUCCESS, codes[i].code == StatusCode::kOk);
  }
}

TEST(StatusMapTest, HasARowForEveryErrorAcknowledgement) {
  ASSERT_EQ(AckTable().size(), kAckErrors.size());
  for (std::size_t i = 0; i < kAckErrors.size(); ++i) {
    EXPECT_EQ(AckTable()[i].error_id, kAckErrors[i].id);
    EXPECT_EQ(AckStatusOf(kAckErrors[i].id), AckTable()[i].status);
  }
  EXPECT_EQ(AckStatusOf(4999), STATUS_ACK_ERR_UNKNOWN_ACK_ERROR);
}

// A program ends when it is told of an error that is neither kind; and it waits on one that the library mends.
TEST(StatusMapTest, OutagesMendThemselvesAndFailuresDoNot) {
  for (const StatusRow& row : StatusTable()) {
    const Status status(row.code, "");
    const STATUS outage = OutageStatusOf(status);
    EXPECT_TRUE(IS_RECOVERABLE_ERROR(outage)) << row.name;
    const STATUS failure = FailureStatusOf(status);
    EXPECT_FALSE(IS_RECOVERABLE_ERROR(failure)) << row.name;
  }
  EXPECT_EQ(OutageStatusOf(Status(StatusCode::kNetworkTimeout, "")), STATUS_SERVICE_CALL_TIMEOUT_ERROR);
  EXPECT_EQ(FailureStatusOf(Status(StatusCode::kNotAuthorized, "")), STATUS_SERVICE_CALL_NOT_AUTHORIZED_ERROR);
  EXPECT_EQ(FailureStatusOf(Status(StatusCode::kStreamNotFound, "")), STATUS_DESCRIBE_STREAM_CALL_FAILED);
}

constexpr char kPage[] = KVS_SOURCE_DIR "/docs/compat.md";
constexpr char kPrinted[] = "## Status codes\n";  // from here on

std::string Hex(STATUS status) {
  char text[16];
  (void)std::snprintf(text, sizeof(text), "0x%08x", status);
  return text;
}

std::string PrintTables() {
  std::string text = std::string(kPrinted) + R"(
Printed by `compat_parts_test` from `producer/compat/status_map.cc`. What the codes on the left mean is in [errors.md](errors.md).

| Here | Amazon's | Number |
| --- | --- | --- |
)";
  for (const StatusRow& row : StatusTable()) {
    text += "| " + std::string(Describe(row.code).name) + " | `" + std::string(row.name) + "` | " + Hex(row.status) + " |\n";
  }
  text += R"(
An outage, which the library mends by itself, is told with the same or, where that is not one that `IS_RECOVERABLE_ERROR`, with
`STATUS_SERVICE_CALL_UNKOWN_ERROR`. The end of a stream is told with the same or, where that is one, with
`STATUS_DESCRIBE_STREAM_CALL_FAILED`: `resetStream` may help.

| ERROR acknowledgement | Amazon's | Number |
| --- | --- | --- |
)";
  for (const AckRow& row : AckTable()) {
    text += "| " + std::to_string(row.error_id) + " " + std::string(AckErrorName(row.error_id)) + " | `" + std::string(row.name) +
            "` | " + Hex(row.status) + " |\n";
  }
  return text + "| any other | `STATUS_ACK_ERR_UNKNOWN_ACK_ERROR` | " + Hex(STATUS_ACK_ERR_UNKNOWN_ACK_ERROR) + " |\n";
}

TEST(StatusMapTest, DocumentationListsEveryStatus) {
  std::ifstream file(kPage);
  const std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string by_hand = page.substr(0, page.find(kPrinted));
  if (std::getenv("KVS_UPDATE_DOCS") != nullptr) {
    std::ofstream(kPage) << by_hand << PrintTables();
    return;
  }
  EXPECT_EQ(page, by_hand + PrintTables()) << "scripts/update-docs writes it anew";
}

}  // namespace
}  // namespace kvs::compat
