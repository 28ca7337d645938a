#include "plugin/episodes.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kvs::plugin {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

MonoTime At(std::int64_t seconds) {
  return MonoTime::FromSeconds(1000 + seconds);
}

FramesLost Loss(LossReason reason, std::uint64_t frames, std::int64_t first, std::int64_t last) {
  FramesLost lost;
  lost.reason = reason;
  lost.frames = frames;
  lost.bytes = frames * 100;
  lost.first_pts = MediaTime::FromSeconds(first);
  lost.last_pts = MediaTime::FromSeconds(last);
  return lost;
}

TEST(LossEpisodesTest, BeginOncePerReasonAndEndWithEverything) {
  LossEpisodes losses;
  EXPECT_FALSE(losses.any());
  EXPECT_TRUE(losses.Add(Loss(LossReason::kPressure, 5, 10, 11), At(0)));
  EXPECT_FALSE(losses.Add(Loss(LossReason::kPressure, 7, 8, 9), At(10)));
  EXPECT_TRUE(losses.Add(Loss(LossReason::kRejected, 1, 30, 30), At(10)));
  EXPECT_FALSE(losses.Add(Loss(LossReason::kPressure, 2, 12, 20), At(20)));
  EXPECT_THAT(losses.TakeEnded(At(39)), IsEmpty());
  auto ended = losses.TakeEnded(At(40));
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].total.reason, LossReason::kRejected);
  EXPECT_FALSE(ended[0].more_than_told);
  EXPECT_TRUE(losses.any());
  ended = losses.TakeEnded(At(50));
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].total.frames, 14U);
  EXPECT_EQ(ended[0].total.bytes, 1400U);
  EXPECT_EQ(ended[0].total.first_pts, MediaTime::FromSeconds(8));
  EXPECT_EQ(ended[0].total.last_pts, MediaTime::FromSeconds(20));
  EXPECT_TRUE(ended[0].more_than_told);
  EXPECT_FALSE(losses.any());
  EXPECT_TRUE(losses.Add(Loss(LossReason::kPressure, 1, 60, 60), At(51)));
  EXPECT_THAT(losses.TakeEnded(At(51), /*all=*/true), SizeIs(1));
}

TEST(OutageWatchTest, IsDueOnceWhenItLastsAndNotWhileConnected) {
  const Status reason(StatusCode::kConnectFailed, "refused");
  OutageWatch watch;
  EXPECT_FALSE(watch.pending());
  watch.OnDisconnected(reason, At(0));
  EXPECT_FALSE(watch.TakeDue(At(9)).has_value());
  watch.OnConnected();
  EXPECT_TRUE(watch.began());
  EXPECT_FALSE(watch.TakeDue(At(20)).has_value()) << "connected, and nothing to send";
  watch.OnDisconnected(Status(StatusCode::kConnectionLost, "reset"), At(21));
  const auto due = watch.TakeDue(At(21));
  ASSERT_TRUE(due.has_value()) << "hung up again: the same outage";
  EXPECT_EQ(due->lasted, Duration::Seconds(21));
  EXPECT_EQ(due->reason.code(), StatusCode::kConnectionLost);
  EXPECT_FALSE(watch.TakeDue(At(60)).has_value());
  watch.OnArrived();
  EXPECT_TRUE(watch.began()) << "of a connection that has ended";
  watch.OnConnected();
  watch.OnArrived();
  EXPECT_FALSE(watch.began());
  watch.OnDisconnected(reason, At(70));
  EXPECT_TRUE(watch.TakeDue(At(80)).has_value()) << "the next one";
}

TEST(RoomLeftTest, IsWhatEndsFirst) {
  const struct {
    std::int64_t stored_s;
    std::uint64_t stored_bytes, available;
    std::int64_t want_s;
  } cases[] = {
      {20, 20'000, 1'000'000, 100},  // the duration
      {20, 20'000, 30'000, 30},      // the memory
      {0, 0, 5, 120},                // nothing to judge the pace by
      {130, 130'000, 1'000'000, 0},  // more than full
  };
  for (const auto& c : cases) {
    StreamMetrics stream;
    stream.stored_duration = Duration::Seconds(c.stored_s);
    stream.stored_bytes = c.stored_bytes;
    ProducerMetrics producer;
    producer.store_available = c.available;
    EXPECT_EQ(RoomLeft(stream, producer, Duration::Seconds(120)).seconds(), c.want_s);
  }
}

// 'C' connected, 'd' and 'e' disconnected for two reasons, 's' for silence, 'a' persisted. Of what is
// told in capitals what was held back before it.
std::string Told(const char* events, bool acks = true) {
  ConnectionStory story(acks);
  std::string told;
  for (const char* e = events; *e != 0; ++e) {
    Disconnected down;
    StreamEvent event = down;
    switch (*e) {
      case 'C':
        event = Connected{};
        break;
      case 'a':
        event = FragmentAcked{{AckType::kPersisted, 5, "n", 0, ""}, 1};
        break;
      case 'b':
        event = FragmentAcked{{AckType::kBuffering, 5, "n", 0, ""}, 1};
        break;
      default:
        down.reason = Status(*e == 'd' ? StatusCode::kConnectFailed : StatusCode::kNetworkTimeout, "");
        event = down;
    }
    const bool tells = story.Tells(event, *e == 's');
    if (story.TakeHeldBack().has_value()) {
      told += "(C)";
    }
    told += tells ? *e : '.';
  }
  return told;
}

TEST(ConnectionStoryTest, TellsEachReasonOnceAndIsAlwaysTrueInTheEnd) {
  EXPECT_EQ(Told("CaCaC"), "CaCaC");              // replaced in time
  EXPECT_EQ(Told("Cadddd"), "Cad...");            // one reason
  EXPECT_EQ(Told("Cadedede"), "Cade....");        // taking turns
  EXPECT_EQ(Told("Cades"), "Cades");              // silence is a reason of its own
  EXPECT_EQ(Told("CadCad"), "CadCad");            // two outages
  EXPECT_EQ(Told("CadCdCdCd"), "CadCd....");      // accepts and hangs up: believed once
  EXPECT_EQ(Told("CadCdCdCba"), "CadCd...b(C)a");  // and then it works
  EXPECT_EQ(Told("CdCdCd", false), "CdCdCd");     // nothing ever says that it works
}

}  // namespace
}  // namespace kvs::plugin
