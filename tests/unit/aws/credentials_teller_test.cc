#include "producer/credentials_teller.h"

#include <gtest/gtest.h>

namespace kvs {
namespace {

constexpr Duration kWait = Duration::Seconds(10);

Status Down() { return {StatusCode::kConnectFailed, "down"}; }

TEST(CredentialsTellerTest, AnEpisodeIsToldOnceWhateverItBecomes) {
  CredentialsTeller teller;
  const auto told = teller.OnRenewalFailed("source", Down(), kWait);
  ASSERT_TRUE(told.has_value());
  EXPECT_EQ(told->source, "source");
  EXPECT_EQ(told->reason.code(), StatusCode::kConnectFailed);
  EXPECT_EQ(told->retry_in, kWait);
  EXPECT_FALSE(teller.OnRenewalFailed("source", Down(), kWait).has_value());
  EXPECT_FALSE(teller.OnNone("source", Down(), kWait).has_value());
  teller.OnRenewed("source", std::nullopt);
  EXPECT_TRUE(teller.OnNone("source", Down(), kWait).has_value());
}

TEST(CredentialsTellerTest, TheFirstCredentialsAreToldOnce) {
  CredentialsTeller teller;
  const auto found = teller.OnSome("source", std::nullopt);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->first);
  EXPECT_EQ(found->source, "source");
  EXPECT_FALSE(teller.OnSome("source", std::nullopt).has_value());
}

TEST(CredentialsTellerTest, OldCredentialsDoNotEndAnEpisode) {
  CredentialsTeller teller;
  (void)teller.OnSome("source", std::nullopt);
  (void)teller.OnRenewalFailed("source", Down(), kWait);
  EXPECT_FALSE(teller.OnSome("source", std::nullopt).has_value());
  EXPECT_FALSE(teller.OnRenewalFailed("source", Down(), kWait).has_value());
}

TEST(CredentialsTellerTest, AnyCredentialsEndAnEpisodeWithout) {
  CredentialsTeller teller;
  (void)teller.OnSome("source", std::nullopt);
  (void)teller.OnNone("source", Down(), kWait);
  const auto renewed = teller.OnSome("source", WallTime::FromSeconds(7));
  ASSERT_TRUE(renewed.has_value());
  EXPECT_FALSE(renewed->first);
  EXPECT_EQ(renewed->source, "source");
  EXPECT_EQ(renewed->expiration, WallTime::FromSeconds(7));
  EXPECT_FALSE(teller.OnSome("source", std::nullopt).has_value());
}

}  // namespace
}  // namespace kvs
