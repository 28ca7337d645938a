#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "kvs/status.h"
#include "kvs/time.h"
#include "pic/base/mutex.h"
#include "pic/base/random.h"
#include "pic/base/ring.h"

namespace kvs {
namespace {

TEST(TimeTest, MillisecondsAreRoundedTowardsMinusInfinity) {
  EXPECT_EQ(Duration::Nanos(1'999'999).millis(), 1);
  EXPECT_EQ(Duration::Nanos(-1).millis(), -1);
  EXPECT_EQ(Duration::Nanos(-1'000'000).millis(), -1);
  EXPECT_EQ(Duration::Millis(-1500).seconds(), -2);
}

TEST(TimeTest, PointsAndDurationsAddUp) {
  const MonoTime start = MonoTime::FromSeconds(5);
  EXPECT_EQ((start + Duration::Millis(250)).millis(), 5250);
  EXPECT_EQ((start + Duration::Seconds(2)) - start, Duration::Seconds(2));
  EXPECT_LT(start, start + Duration::Nanos(1));
}

TEST(StatusTest, SaysWhatWasTriedAndWhatCameBack) {
  const Status status = Status(StatusCode::kNotAuthorized, "DescribeStream of stream door was refused")
                            .WithService(403, "AccessDeniedException", "req-1");
  EXPECT_EQ(status.ToString(),
            "NotAuthorized: DescribeStream of stream door was refused (HTTP 403, AccessDeniedException, request req-1)");
  EXPECT_EQ(Status().ToString(), "Ok");
}

TEST(StatusTest, EveryCodeHasOneRowAndARetryClass) {
  std::set<std::uint32_t> numbers;
  std::set<std::string_view> names;
  for (const StatusCodeInfo& row : AllStatusCodes()) {
    EXPECT_TRUE(numbers.insert(static_cast<std::uint32_t>(row.code)).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(&Describe(row.code), &row);
  }
  EXPECT_EQ(Describe(static_cast<StatusCode>(99999)).code, StatusCode::kInternal);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> good = 7;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  EXPECT_TRUE(good.status().ok());
  const Result<int> bad = Status(StatusCode::kStoreFull, "full");
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.status().code(), StatusCode::kStoreFull);
}

TEST(RingTest, NumbersStayWhileItGrowsAndShrinks) {
  Ring<std::string> ring;
  std::uint64_t next = 0;
  for (int round = 0; round < 50; ++round) {
    for (int i = 0; i < 7; ++i) {
      EXPECT_EQ(ring.Push(std::to_string(next)), next);
      ++next;
    }
    for (int i = 0; i < 5; ++i) {
      EXPECT_EQ(ring.front(), std::to_string(ring.begin_number()));
      ring.PopFront();
    }
  }
  EXPECT_EQ(ring.size(), 100u);
  for (std::uint64_t n = ring.begin_number(); n != ring.end_number(); ++n) {
    EXPECT_EQ(ring[n], std::to_string(n));
  }
  EXPECT_FALSE(ring.Has(ring.begin_number() - 1));
  EXPECT_FALSE(ring.Has(ring.end_number()));
}

// The state of a thread of this process: 'R' runs or would, 'S' sleeps. Source: proc(5), /proc/pid/stat.
char StateOf(long thread) {
  std::string line;
  std::getline(std::ifstream("/proc/self/task/" + std::to_string(thread) + "/stat"), line);
  const std::size_t name_end = line.rfind(')');
  return name_end == std::string::npos ? '?' : line.at(name_end + 2);
}

TEST(MutexTest, WhoWaitsForLongSleeps) {
  Mutex mutex;
  mutex.lock();
  std::atomic<long> thread = 0;
  bool had = false;
  std::thread other([&] {
    thread = syscall(SYS_gettid);
    const MutexLock lock(mutex);
    had = true;
  });
  while (thread == 0 || StateOf(thread) != 'S') {
    std::this_thread::yield();  // for ever, if it kept looking
  }
  EXPECT_FALSE(had);
  mutex.unlock();
  other.join();
  EXPECT_TRUE(had);
}

TEST(MutexTest, OneAtATime) {
  Mutex mutex;
  int count = 0;
  constexpr int kEach = 20'000;
  std::thread other([&] {
    for (int i = 0; i < kEach; ++i) {
      const MutexLock lock(mutex);
      ++count;
    }
  });
  for (int i = 0; i < kEach; ++i) {
    const MutexLock lock(mutex);
    ++count;
  }
  other.join();
  EXPECT_EQ(count, 2 * kEach);
}

TEST(RandomTest, SameSeedSameNumbers) {
  Random a(42);
  Random b(42);
  Random c(43);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.Next();
    EXPECT_EQ(value, b.Next());
    differs = differs || value != c.Next();
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace kvs
