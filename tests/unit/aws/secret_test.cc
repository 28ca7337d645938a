#include "kvs/secret.h"

#include <cstddef>
#include <cstdlib>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace kvs {
namespace {

enum class Seen { kNotFreed, kFreedWiped, kFreedWithBytes };

// Memory whose end is looked at, by one test at a time.
std::string_view watched;  // NOLINT: operator delete takes no arguments of ours
Seen seen = Seen::kNotFreed;

void LookAt(const void* memory) {
  if (memory != nullptr && memory == watched.data()) {
    const bool wiped = watched.find_first_not_of('\0') == std::string_view::npos;
    seen = wiped ? Seen::kFreedWiped : Seen::kFreedWithBytes;
    watched = {};
  }
}

}  // namespace
}  // namespace kvs

void* operator new(std::size_t size) {
  void* memory = std::malloc(size);  // NOLINT(cppcoreguidelines-no-malloc)
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}

void operator delete(void* memory) noexcept {
  kvs::LookAt(memory);
  std::free(memory);  // NOLINT(cppcoreguidelines-no-malloc)
}

void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace kvs {
namespace {

template <typename T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>,
              "a string becomes a secret on purpose only");
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(!Streamable<Secret>);

TEST(SecretTest, RevealsItsBytes) {
  const Secret secret(std::string_view("a\0b", 3));
  EXPECT_EQ(secret.Reveal(), std::string_view("a\0b", 3));
  EXPECT_EQ(secret.size(), 3u);
  EXPECT_FALSE(secret.empty());
  EXPECT_TRUE(Secret().empty());
}

TEST(SecretTest, MovedFromIsEmptyAndTheBytesAreNotCopied) {
  Secret first("token");
  const char* bytes = first.Reveal().data();
  Secret second(std::move(first));
  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): what this test is about
  EXPECT_EQ(second.Reveal(), "token");
  EXPECT_EQ(second.Reveal().data(), bytes);
  Secret third("other");
  third = std::move(second);
  EXPECT_TRUE(second.empty());  // NOLINT(bugprone-use-after-move)
  EXPECT_EQ(third.Reveal().data(), bytes);
}

TEST(SecretTest, SelfMoveKeepsTheBytes) {
  Secret secret("token");
  Secret& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.Reveal(), "token");
}

TEST(SecretTest, CloneIsIndependent) {
  Secret first("token");
  const Secret copy = first.Clone();
  first = Secret("changed");
  EXPECT_EQ(copy.Reveal(), "token");
}

TEST(SecretTest, ComparesBytesAndSize) {
  EXPECT_TRUE(Secret("token") == Secret("token"));
  EXPECT_FALSE(Secret("token") == Secret("tokeN"));
  EXPECT_FALSE(Secret("token") == Secret("toke"));
  EXPECT_TRUE(Secret() == Secret(""));
}

TEST(SecretTest, ConsumeEmptiesTheOriginal) {
  std::string original = "a token that is too long to be kept inside of the string object";
  const Secret secret = Secret::Consume(original);
  EXPECT_TRUE(original.empty());
  EXPECT_EQ(secret.size(), 63u);
}

TEST(SecretTest, WipeStringOverwritesTheBytesAndWhatWasBehindThem) {
  std::string text = "a token that is too long to be kept inside of the string object";
  text.resize(10);  // the rest stays in the buffer
  const char* bytes = text.data();
  const std::size_t capacity = text.capacity();
  WipeString(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.data(), bytes);
  EXPECT_EQ(std::string_view(bytes, capacity), std::string(capacity, '\0'));
}

// What freed memory held is seen through the operator delete above.
class SecretMemoryTest : public testing::Test {
 protected:
  ~SecretMemoryTest() override { watched = {}; }

  static void Watch(const Secret& secret) {
    watched = {secret.Reveal().data(), secret.size()};
    seen = Seen::kNotFreed;
  }
};

TEST_F(SecretMemoryTest, TheBytesAreOverwrittenBeforeTheyAreFreed) {
  {
    const Secret secret("token");
    Watch(secret);
  }
  EXPECT_EQ(seen, Seen::kFreedWiped);
}

TEST_F(SecretMemoryTest, AssigningOverwritesWhatWasThere) {
  Secret secret("token");
  Watch(secret);
  secret = Secret("other");
  EXPECT_EQ(seen, Seen::kFreedWiped);
}

TEST_F(SecretMemoryTest, TheWatchWouldSeeBytesThatAreLeft) {
  {
    const std::vector<char> bytes = {'t', 'o', 'k', 'e', 'n'};
    watched = {bytes.data(), bytes.size()};
    seen = Seen::kNotFreed;
  }
  EXPECT_EQ(seen, Seen::kFreedWithBytes);
}

}  // namespace
}  // namespace kvs
