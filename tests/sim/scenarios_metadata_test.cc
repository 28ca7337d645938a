// Stories about metadata: with which fragments it goes, and what becomes of it when they do not
// arrive.
#include "tests/sim/scenario.h"

namespace kvs::sim {
namespace {

using Values = std::vector<std::string>;
using MetadataScenario = Scenario;

TEST_F(MetadataScenario, OnceGoesWithTheNextFragmentOnly) {
  Begin();
  Seconds(5);
  EXPECT_TRUE(PutMetadata("door", "open").ok());
  Seconds(10);
  EndWell();
  EXPECT_EQ(TagsStored("door"), Values{"open"});
  EXPECT_EQ(stored()[3].tags.size(), 1u);  // the one that began after it was put
}

TEST_F(MetadataScenario, PersistentGoesWithEachFragmentUntilItEnds) {
  Begin();
  Seconds(5);
  EXPECT_TRUE(PutMetadata("place", "door", /*persistent=*/true).ok());
  Seconds(4);
  EXPECT_TRUE(PutMetadata("place", "roof", /*persistent=*/true).ok());
  Seconds(2);
  EXPECT_TRUE(PutMetadata("place", "", /*persistent=*/true).ok());
  Seconds(6);
  EndWell();
  EXPECT_EQ(TagsStored("place"), (Values{"door", "door", "roof"}));
}

TEST_F(MetadataScenario, PersistentGoesOnInANewSession) {
  options_.config.session_lifetime = Duration::Seconds(10);
  Begin();
  EXPECT_TRUE(PutMetadata("place", "door", /*persistent=*/true).ok());
  Seconds(15);
  Break();
  Seconds(15);
  EndWell();
  EXPECT_EQ(TagsStored("place").size(), stored().size());
}

TEST_F(MetadataScenario, ComesAgainWithItsFragmentAfterABreak) {
  Begin();
  Seconds(5);
  EXPECT_TRUE(PutMetadata("door", "open").ok());
  Millis(2500);  // in the middle of its fragment
  Break();
  Seconds(5);
  EndWell();
  EXPECT_EQ(TagsStored("door"), Values{"open"});
  ExpectNothingTwice();
  EXPECT_EQ(metrics().fragments_resent, 1u);
}

TEST_F(MetadataScenario, PutInAnOutageGoesWithTheFragmentOfItsTime) {
  Begin();
  Seconds(5);
  Outage(Duration::Seconds(20));
  Seconds(10);
  EXPECT_TRUE(PutMetadata("door", "open").ok());
  Seconds(30);
  EndWell();
  EXPECT_EQ(TagsStored("door"), Values{"open"});
  for (const emulator::Fragment& fragment : stored()) {
    const std::int64_t at = fragment.producer_time_ms - stored().front().producer_time_ms;
    EXPECT_EQ(fragment.tags.size(), at == 16'000 ? 1u : 0u);
  }
}

TEST_F(MetadataScenario, LeftOverAtTheEndGoesWithTheLastFragment) {
  Begin();
  Seconds(5);
  EXPECT_TRUE(PutMetadata("door", "shut").ok());
  EndWell();
  EXPECT_EQ(TagsStored("door"), Values{"shut"});
  EXPECT_EQ(stored().back().tags.size(), 1u);
}

TEST_F(MetadataScenario, MoreThanAFragmentTakesIsRefused) {
  Begin();
  Seconds(5);
  EXPECT_TRUE(PutMetadata("place", "door", /*persistent=*/true).ok());
  for (int i = 0; i < 9; ++i) {
    EXPECT_TRUE(PutMetadata("note", std::to_string(i)).ok());
  }
  EXPECT_EQ(PutMetadata("note", "9").code(), StatusCode::kMetadataLimit);
  EXPECT_EQ(PutMetadata("AWS_NOTE", "1").code(), StatusCode::kInvalidMetadata);
  Seconds(3);
  EXPECT_TRUE(PutMetadata("note", "10").ok());  // the next fragment has room again
  Seconds(5);
  EndWell();
  EXPECT_EQ(TagsStored("note"), (Values{"0", "1", "2", "3", "4", "5", "6", "7", "8", "10"}));
  ExpectNothingLost();
}

TEST_F(MetadataScenario, IsTakenNoMoreAfterTheEnd) {
  Begin();
  Seconds(5);
  EndWell();
  EXPECT_EQ(PutMetadata("door", "open").code(), StatusCode::kStopped);
}

}  // namespace
}  // namespace kvs::sim
