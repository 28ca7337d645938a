#include "producer/compat/status_map.h"

#include <gtest/gtest.h>

#include "kvs/ack.h"

namespace kvs::compat {
namespace {

TEST(StatusMapTest, HasARowForEveryStatusCode) {
  const auto codes = AllStatusCodes();
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

}  // namespace
}  // namespace kvs::compat
