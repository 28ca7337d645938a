#include "pic/ack/ack_parser.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kvs/ack.h"

namespace kvs::ack {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kNumber = "91343852333181432392682062622220590765191907586";
constexpr std::string_view kBuffering =
    R"({"EventType":"BUFFERING","FragmentTimecode":1510264616000,)"
    R"("FragmentNumber":"91343852333181432392682062622220590765191907586"})";

FragmentAck Ack(AckType type, std::int64_t timecode) {
  FragmentAck ack;
  ack.type = type;
  ack.timecode = timecode;
  return ack;
}

// The type and timecode of each acknowledgement: "BUFFERING@12 IDLE".
std::string Summary(const std::vector<FragmentAck>& acks) {
  std::string text;
  for (const FragmentAck& ack : acks) {
    text += text.empty() ? "" : " ";
    text += AckTypeName(ack.type);
    if (ack.timecode.has_value()) {
      text += "@" + std::to_string(*ack.timecode);
    }
  }
  return text;
}

struct Outcome {
  std::vector<FragmentAck> acks;
  AckParserCounters counters;
  bool mid_object = false;
  bool operator==(const Outcome&) const = default;
};

// Feeds `text` in pieces of `step` bytes (0: at once).
Outcome Parse(std::string_view text, std::size_t step = 0, AckParserLimits limits = {}) {
  AckParser parser(limits);
  Outcome outcome;
  if (step == 0) {
    parser.Feed(text, outcome.acks);
  }
  for (std::size_t at = 0; step != 0 && at < text.size(); at += step) {
    parser.Feed(text.substr(at, step), outcome.acks);
  }
  outcome.counters = parser.counters();
  outcome.mid_object = parser.mid_object();
  return outcome;
}

FragmentAck One(std::string_view text) {
  const Outcome outcome = Parse(text);
  EXPECT_EQ(outcome.acks.size(), 1U) << text;
  EXPECT_EQ(outcome.counters.malformed, 0U) << text;
  return outcome.acks.empty() ? FragmentAck() : outcome.acks[0];
}

TEST(AckParserTest, ReadsEveryType) {
  EXPECT_EQ(Summary(Parse(R"({"EventType":"BUFFERING","FragmentTimecode":1,"FragmentNumber":"9"}
{"EventType":"RECEIVED","FragmentTimecode":1,"FragmentNumber":"9"}
{"EventType":"PERSISTED","FragmentTimecode":1,"FragmentNumber":"9"}
{"EventType":"ERROR","FragmentTimecode":2,"FragmentNumber":"8","ErrorId":4004}
{"EventType":"IDLE"}
)")
                        .acks),
            "BUFFERING@1 RECEIVED@1 PERSISTED@1 ERROR@2 IDLE");
}

TEST(AckParserTest, ReadsEveryMember) {
  const FragmentAck ack =
      One(R"({"EventType":"ERROR","FragmentTimecode":1510264616000,"FragmentNumber":"913",)"
          R"("ErrorId":4006,"ErrorCode":"INVALID_MKV_DATA"})");
  EXPECT_EQ(ack.type, AckType::kError);
  EXPECT_EQ(ack.timecode, 1510264616000);
  EXPECT_EQ(ack.fragment_number, "913");
  EXPECT_EQ(ack.error_id, ack_error::kInvalidMkvData);
  EXPECT_EQ(ack.error_code, "INVALID_MKV_DATA");
}

TEST(AckParserTest, ReadsBothSpellingsAndQuotedOrBareNumbers) {
  const FragmentAck expected = [] {
    FragmentAck ack = Ack(AckType::kError, 77);
    ack.fragment_number = "12";
    ack.error_id = 5000;
    return ack;
  }();
  EXPECT_EQ(
      One(R"({"EventType":"ERROR","FragmentTimecode":77,"FragmentNumber":12,"ErrorId":5000})"),
      expected);
  EXPECT_EQ(One(R"({"AckEventType":"ERROR","FragmentTimeCode":"77",)"
                R"("FragmentNumber":"12","ErrorId":"5000"})"),
            expected);
}

TEST(AckParserTest, ReadsOneByteAtATimeAndInPiecesOfEverySize) {
  const std::string text =
      std::string(kBuffering) + "\r\n junk {\"EventType\":\"IDLE\"}" + std::string(kBuffering) +
      R"({"x":{"a":[1,"}",{"b":"\"]"}]},"EventType":"RECEIVED","FragmentTimecode":3}{"bad")"
      "\n" +
      R"({"EventType":"\u0049DLE","y":[]} {"EventType":"PERS)";
  const Outcome whole = Parse(text);
  EXPECT_EQ(Summary(whole.acks),
            "BUFFERING@1510264616000 IDLE BUFFERING@1510264616000 RECEIVED@3 IDLE");
  EXPECT_EQ(whole.acks[0].fragment_number, kNumber);
  EXPECT_EQ(whole.counters, (AckParserCounters{.acks = 5, .malformed = 2, .oversized = 0}));
  EXPECT_TRUE(whole.mid_object);
  for (std::size_t step = 1; step <= text.size(); ++step) {
    EXPECT_EQ(Parse(text, step), whole) << step;
  }
}

TEST(AckParserTest, TellsNothingForEveryTruncation) {
  for (std::size_t length = 0; length < kBuffering.size(); ++length) {
    const Outcome outcome = Parse(kBuffering.substr(0, length));
    EXPECT_THAT(outcome.acks, IsEmpty());
    EXPECT_EQ(outcome.counters, AckParserCounters());
    EXPECT_EQ(outcome.mid_object, length != 0);
  }
}

TEST(AckParserTest, RecoversFromATruncatedLineOfAnyLength) {
  for (std::size_t length = 1; length < kBuffering.size(); ++length) {
    const std::string text = std::string(kBuffering.substr(0, length)) +
                             "\n{\"EventType\":\"IDLE\"}\n" +
                             "{\"EventType\":\"RECEIVED\",\"FragmentTimecode\":5}\n";
    const Outcome outcome = Parse(text);
    // A cut right behind a colon makes the next object look like a nested value.
    EXPECT_THAT(Summary(outcome.acks), ::testing::EndsWith("RECEIVED@5")) << text;
    EXPECT_LE(outcome.acks.size(), 2U) << text;
    EXPECT_GE(outcome.counters.malformed, 1U) << text;
  }
}

TEST(AckParserTest, ReadsHundredsOfAcknowledgementsInOneChunk) {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += std::string(kBuffering) + "\r\n";
  }
  EXPECT_EQ(Parse(text).acks.size(), 500U);
}

TEST(AckParserTest, ReportsUnknownTypes) {
  const FragmentAck ack = One(R"({"EventType":"ARCHIVED","FragmentTimecode":9})");
  EXPECT_EQ(ack, Ack(AckType::kUnknown, 9));
  EXPECT_EQ(One(R"({"EventType":""})").type, AckType::kUnknown);
  EXPECT_EQ(One(R"({"EventType":"persisted"})").type, AckType::kUnknown);
  EXPECT_EQ(One(R"({"EventType":")" + std::string(1000, 'X') + R"("})").type, AckType::kUnknown);
}

TEST(AckParserTest, SkipsUnknownMembersOfEveryKind) {
  for (const std::string_view value :
       {"1", "-1.5e+3", "true", "null", "\"text\"", "\"\"", "{}", "[]", "{\"a\":{\"b\":[{}]}}",
        "[1,2,[3,[4]],{\"EventType\":\"ERROR\"}]", "\"}]\\\"{\"", "[\"]\",\"\\\\\"]",
        "{\"}\":\"{\"}", "\"\\ud83d\\ude00\""}) {
    const std::string text = "{\"Extra\":" + std::string(value) +
                             ",\"EventType\":\"RECEIVED\",\"Other\" : " + std::string(value) +
                             ",\"FragmentTimecode\":7}";
    const Outcome outcome = Parse(text);
    EXPECT_THAT(outcome.acks, ElementsAre(Ack(AckType::kReceived, 7))) << text;
    EXPECT_EQ(outcome.counters.malformed, 0U) << text;
    EXPECT_EQ(Parse(text, 1), outcome) << text;
  }
}

TEST(AckParserTest, SkipsUnknownMembersOfAnyLengthWithinTheObject) {
  const std::string text = "{\"" + std::string(3000, 'k') + "\":\"" + std::string(3000, 'v') +
                           "\",\"n\":" + std::string(3000, '1') + ",\"EventType\":\"IDLE\"}";
  EXPECT_EQ(Summary(Parse(text).acks), "IDLE");
}

TEST(AckParserTest, ToleratesWhiteSpaceEverywhere) {
  const FragmentAck ack =
      One(" \r\n\t{ \n \"EventType\" \n:\t\"RECEIVED\" ,\r\n \"FragmentTimecode\" : 42 \n , "
          "\"FragmentNumber\" :\n\"7\" \n}\n\n");
  EXPECT_EQ(ack.timecode, 42);
  EXPECT_EQ(ack.fragment_number, "7");
}

TEST(AckParserTest, DecodesEscapes) {
  EXPECT_EQ(One(R"({"EventType":"ERROR","ErrorCode":"a\"\\\/\b\f\n\r\tz"})").error_code,
            "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(One(R"({"EventType":"ERROR","ErrorCode":"\u0041\u00e9\u20AC\ud83d\ude00"})").error_code,
            "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(
      One(R"({"EventType":"ERROR","ErrorCode":"\ud83dx\ude00\ud83d\u0041\ud83d"})").error_code,
      "\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD"
      "A\xEF\xBF\xBD");
  EXPECT_EQ(One(R"({"Event\u0054ype":"IDL\u0045"})").type, AckType::kIdle);
}

TEST(AckParserTest, ReadsTheFullRangeOfTimecodes) {
  EXPECT_EQ(One(R"({"EventType":"RECEIVED","FragmentTimecode":9223372036854775807})").timecode,
            INT64_MAX);
  EXPECT_EQ(One(R"({"EventType":"RECEIVED","FragmentTimecode":-5})").timecode, -5);
  EXPECT_EQ(One(R"({"EventType":"RECEIVED","FragmentTimecode":0})").timecode, 0);
}

TEST(AckParserTest, TreatsNullAndEmptyNumbersAsAbsent) {
  const FragmentAck ack =
      One(R"({"EventType":"ERROR","FragmentTimecode":null,"FragmentNumber":null,)"
          R"("ErrorId":"","ErrorCode":null})");
  EXPECT_FALSE(ack.timecode.has_value());
  EXPECT_EQ(ack.fragment_number, "");
  EXPECT_EQ(ack.error_id, 0);
  EXPECT_EQ(ack.error_code, "");
  EXPECT_FALSE(One(R"({"EventType":"RECEIVED","FragmentTimecode":""})").timecode.has_value());
}

TEST(AckParserTest, LimitsTheFragmentNumberAndCutsTheErrorCode) {
  const std::string most(kMaxFragmentNumberLength, '7');
  EXPECT_EQ(One(R"({"EventType":"RECEIVED","FragmentNumber":")" + most + R"("})").fragment_number,
            most);
  const Outcome longer = Parse(R"({"EventType":"RECEIVED","FragmentNumber":"7)" + most + R"("})");
  EXPECT_THAT(longer.acks, IsEmpty());
  EXPECT_EQ(longer.counters.malformed, 1U);
  EXPECT_EQ(One(R"({"EventType":"ERROR","ErrorCode":")" + std::string(500, 'E') + R"("})")
                .error_code.size(),
            128U);
}

// Each of these is one malformed object; the acknowledgement behind it arrives all the same.
TEST(AckParserTest, SkipsMalformedObjects) {
  for (const std::string_view bad : {
           R"({})",
           R"({"a":1})",
           R"({"FragmentTimecode":1,"FragmentNumber":"2"})",
           R"({"EventType":BUFFERING})",
           R"({"EventType":1})",
           R"({"EventType":null})",
           R"({"EventType":{"EventType":"IDLE"}})",
           R"({"EventType":"IDLE",})",
           R"({"EventType" "IDLE"})",
           R"({"EventType":"IDLE" "x":1})",
           R"({EventType:"IDLE"})",
           R"({,})",
           R"({"EventType":})",
           R"({"EventType":"RECEIVED","FragmentTimecode":abc})",
           R"({"EventType":"RECEIVED","FragmentTimecode":"abc"})",
           R"({"EventType":"RECEIVED","FragmentTimecode":1.5})",
           R"({"EventType":"RECEIVED","FragmentTimecode":1e3})",
           R"({"EventType":"RECEIVED","FragmentTimecode":" 1"})",
           R"({"EventType":"RECEIVED","FragmentTimecode":9223372036854775808})",
           R"({"EventType":"RECEIVED","FragmentTimecode":true})",
           R"({"EventType":"RECEIVED","FragmentNumber":true})",
           R"({"EventType":"ERROR","ErrorId":"x"})",
           R"({"EventType":"ERROR","ErrorId":4294967296})",
           R"({"EventType":"ERROR","ErrorCode":"\x41"})",
           R"({"EventType":"ERROR","ErrorCode":"\u00g0"})",
           R"({"EventType":"RECEIVED","EventType":"PERSISTED"})",
           R"({"EventType":"RECEIVED","FragmentTimecode":1,"FragmentTimeCode":2})",
           R"({"EventType":"RECEIVED","FragmentNumber":"1","FragmentNumber":"2"})",
           R"({"EventType":"ERROR","ErrorId":4000,"ErrorId":5000})",
           R"(garbage)",
           R"(<html> & "more" of it)",
       }) {
    for (const std::string_view between : {"\n", "\r\n", "\r\n\n"}) {
      const std::string text = std::string(bad) + std::string(between) +
                               R"({"EventType":"RECEIVED","FragmentTimecode":5})";
      const Outcome outcome = Parse(text);
      EXPECT_EQ(Summary(outcome.acks), "RECEIVED@5") << text;
      EXPECT_EQ(outcome.counters.malformed, 1U) << text;
      EXPECT_EQ(Parse(text, 1), outcome) << text;
    }
  }
}

TEST(AckParserTest, RecoversOnTheSameLineWhereBracesTell) {
  EXPECT_EQ(Summary(Parse(R"({"EventType":x,"a":{"b":[]}}{"EventType":"IDLE"})").acks), "IDLE");
  EXPECT_EQ(Summary(Parse(R"(garbage{"EventType":"IDLE"}, {"EventType":"IDLE"})").acks),
            "IDLE IDLE");
}

TEST(AckParserTest, AcceptsAMemberThatIsRepeatedWithTheSameValue) {
  EXPECT_EQ(One(R"({"EventType":"RECEIVED","AckEventType":"RECEIVED","FragmentTimecode":4,)"
                R"("FragmentTimeCode":"4"})"),
            Ack(AckType::kReceived, 4));
}

TEST(AckParserTest, NeverTakesTextInsideAStringForAnAcknowledgement) {
  const Outcome outcome = Parse(
      R"({"EventType":oops,"ErrorCode":"}{\"EventType\":\"PERSISTED\",\"FragmentTimecode\":1}"})"
      "\n");
  EXPECT_THAT(outcome.acks, IsEmpty());
}

TEST(AckParserTest, SkipsObjectsThatAreTooLong) {
  const AckParserLimits limits{.max_object_bytes = 64};
  const std::string fits = R"({"EventType":"IDLE","x":")" + std::string(37, 'x') + R"("})";
  ASSERT_EQ(fits.size(), 64U);
  EXPECT_EQ(Summary(Parse(fits, 0, limits).acks), "IDLE");
  for (const std::string& filler :
       {std::string(38, 'x'), std::string(5000, 'x'), std::string(50, '\\') + "\\",
        std::string("{\\\"EventType\\\":\\\"IDLE\\\"}}}}{{{{\\\"EventType\\\":\\\"IDLE\\\"}"),
        std::string("\\u0041\\u0041\\u0041\\u0041\\u0041\\u0041\\u0041\\u0041")}) {
    const std::string text =
        R"({"EventType":"IDLE","x":")" + filler + R"(x"}{"EventType":"RECEIVED"})";
    const Outcome outcome = Parse(text, 0, limits);
    EXPECT_EQ(Summary(outcome.acks), "RECEIVED") << text;
    EXPECT_EQ(outcome.counters, (AckParserCounters{.acks = 1, .malformed = 0, .oversized = 1}));
    EXPECT_EQ(Parse(text, 1, limits), outcome);
  }
}

TEST(AckParserTest, FindsTheEndOfAnObjectThatIsTooLongInEveryState) {
  // The limit is reached somewhere inside: in a key, a number, a nested value, between members.
  const std::string text =
      R"({"EventType":"IDLE","key" : 12345678 , "nest":[{"EventType":"IDLE"},"]}"],"a\"b":null} )"
      R"({"EventType":"ERROR"})";
  for (std::size_t limit = 22; limit < 86; ++limit) {
    const Outcome outcome = Parse(text, 0, {.max_object_bytes = limit});
    EXPECT_EQ(Summary(outcome.acks), "ERROR") << limit;
    EXPECT_EQ(outcome.counters.oversized, 1U) << limit;
  }
}

TEST(AckParserTest, FindsTheEndOfAnObjectThatIsTooLongInsideAnEscape) {
  const std::string start = R"({"a key to fill the first bytes":"\u0)";
  const std::string text = start + R"(0}{\"EventType\":\"IDLE\"}"}{"EventType":"ERROR"})";
  const Outcome outcome = Parse(text, 0, {.max_object_bytes = start.size()});
  EXPECT_EQ(Summary(outcome.acks), "ERROR");
  EXPECT_EQ(outcome.counters, (AckParserCounters{.acks = 1, .malformed = 0, .oversized = 1}));
}

TEST(AckParserTest, LeavesAnObjectThatNeverEndsAtTheNextLineThatBeginsWithABrace) {
  const AckParserLimits limits{.max_object_bytes = 100};
  for (const std::string_view start :
       {R"({"a":[[[[[)", R"({"a":{"b":)", R"({"a":"unterminated)", R"({"a":"x)"}) {
    const std::string text = std::string(start) + std::string(200, ' ') + "\n" +
                             "{\"EventType\":\"RECEIVED\",\"FragmentTimecode\":1}\n" +
                             "{\"EventType\":\"RECEIVED\",\"FragmentTimecode\":2}\n";
    EXPECT_EQ(Summary(Parse(text, 0, limits).acks), "RECEIVED@1 RECEIVED@2") << start;
  }
}

TEST(AckParserTest, GivesTheSameForAnySplitOfRandomInput) {
  std::mt19937 random(99);
  constexpr std::string_view kPieces[] = {"{",
                                          "}",
                                          "[",
                                          "]",
                                          ":",
                                          ",",
                                          "\"",
                                          "\\",
                                          "\\u00",
                                          "\n",
                                          " ",
                                          "1",
                                          "null",
                                          "\"EventType\"",
                                          "\"FragmentTimecode\"",
                                          "\"IDLE\"",
                                          "\"EventType\":\"RECEIVED\"",
                                          "{\"EventType\":\"IDLE\"}"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t n = random() % 30; n > 0; --n) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const AckParserLimits limits{.max_object_bytes = 20 + random() % 60};
    const Outcome whole = Parse(text, 0, limits);
    ASSERT_EQ(Parse(text, 1, limits), whole) << text;
    ASSERT_EQ(Parse(text, 1 + random() % 7, limits), whole) << text;
  }
}

TEST(AckParserTest, TakesBytes) {
  AckParser parser;
  std::vector<FragmentAck> acks;
  const std::string_view text = R"({"EventType":"IDLE"})";
  parser.Feed(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), acks);
  EXPECT_EQ(Summary(acks), "IDLE");
}

TEST(AckErrorsTest, NamesEveryDocumentedIdOnce) {
  for (std::size_t i = 1; i < kAckErrors.size(); ++i) {
    EXPECT_LT(kAckErrors[i - 1].id, kAckErrors[i].id);
    EXPECT_NE(kAckErrors[i - 1].name, kAckErrors[i].name);
  }
  EXPECT_EQ(kAckErrors.size(), 13U + 8U + 2U);
  EXPECT_EQ(AckErrorName(4000), "STREAM_READ_ERROR");
  EXPECT_EQ(AckErrorName(4506), "KMS_KEY_NOT_FOUND");
  EXPECT_EQ(AckErrorName(5001), "ARCHIVAL_ERROR");
  EXPECT_EQ(AckErrorName(4013), "UNKNOWN_ACK_ERROR");
  EXPECT_EQ(AckErrorName(0), "UNKNOWN_ACK_ERROR");
}

}  // namespace
}  // namespace kvs::ack
