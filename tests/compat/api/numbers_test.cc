#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace {

// What `text` is as a number of this type: its status, and the number through `value`.
template <typename Number>
STATUS Parse(STATUS (*parse)(PCHAR, PCHAR, UINT32, Number*), std::string text, UINT32 base, Number* value) {
  return parse(text.data(), nullptr, base, value);
}

TEST(Numbers, AreReadInAnyBaseAndCase) {
  INT32 i = 0;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoi32, "-42", 10, &i));
  EXPECT_EQ(-42, i);
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoi32, "+0017", 8, &i));
  EXPECT_EQ(15, i);
  UINT32 u = 0;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoui32, "fFfFfFfF", 16, &u));
  EXPECT_EQ(std::numeric_limits<UINT32>::max(), u);
  UINT64 w = 0;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoui64, "zz", 36, &w));
  EXPECT_EQ(1295U, w);
}

TEST(Numbers, ReachTheirLimitsAndNotBeyond) {
  INT32 i = 7;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoi32, "-2147483648", 10, &i));
  EXPECT_EQ(std::numeric_limits<INT32>::min(), i);
  EXPECT_EQ(STATUS_INT_OVERFLOW, Parse(strtoi32, "2147483648", 10, &i));
  EXPECT_EQ(STATUS_INT_OVERFLOW, Parse(strtoi32, "-2147483649", 10, &i));
  UINT32 u = 7;
  EXPECT_EQ(STATUS_INT_OVERFLOW, Parse(strtoui32, "4294967296", 10, &u));
  INT64 l = 7;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoi64, "-9223372036854775808", 10, &l));
  EXPECT_EQ(std::numeric_limits<INT64>::min(), l);
  EXPECT_EQ(STATUS_INT_OVERFLOW, Parse(strtoi64, "9223372036854775808", 10, &l));
  UINT64 w = 7;
  EXPECT_EQ(STATUS_SUCCESS, Parse(strtoui64, "18446744073709551615", 10, &w));
  EXPECT_EQ(std::numeric_limits<UINT64>::max(), w);
  EXPECT_EQ(STATUS_INT_OVERFLOW, Parse(strtoui64, "18446744073709551616", 10, &w));
  EXPECT_EQ(std::numeric_limits<INT32>::min(), i) << "left alone by an error";
}

TEST(Numbers, WhatIsNoneIsNamed) {
  INT32 i = 7;
  UINT32 u = 7;
  EXPECT_EQ(STATUS_EMPTY_STRING, Parse(strtoi32, "", 10, &i));
  EXPECT_EQ(STATUS_EMPTY_STRING, Parse(strtoi32, "-", 10, &i));
  for (const char* text : {" 1", "1 ", "--1", "1a", "9x"}) {
    EXPECT_EQ(STATUS_INVALID_DIGIT, Parse(strtoi32, text, 10, &i)) << text;
  }
  EXPECT_EQ(STATUS_INVALID_DIGIT, Parse(strtoui32, "-1", 10, &u));
  EXPECT_EQ(STATUS_INVALID_DIGIT, Parse(strtoi32, "2", 2, &i));
  EXPECT_EQ(STATUS_INVALID_BASE, Parse(strtoi32, "1", 1, &i));
  EXPECT_EQ(STATUS_INVALID_BASE, Parse(strtoi32, "1", 37, &i));
  EXPECT_EQ(STATUS_NULL_ARG, strtoi32(nullptr, nullptr, 10, &i));
  EXPECT_EQ(STATUS_NULL_ARG, Parse<INT32>(strtoi32, "1", 10, nullptr));
  EXPECT_EQ(7, i);
}

TEST(Numbers, EndWhereTheyAreToldTo) {
  std::string text = "1234";
  UINT32 u = 0;
  EXPECT_EQ(STATUS_SUCCESS, strtoui32(text.data(), text.data() + 2, 10, &u));
  EXPECT_EQ(12U, u);
  EXPECT_EQ(STATUS_EMPTY_STRING, strtoui32(text.data(), text.data(), 10, &u));
  EXPECT_EQ(STATUS_INVALID_ARG, strtoui32(text.data() + 1, text.data(), 10, &u));
}

}  // namespace
