#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <log4cplus/appender.h>
#include <log4cplus/logger.h>
#include <log4cplus/loglevel.h>
#include <log4cplus/spi/loggingevent.h>

#include "GetTime.h"
#include "com/amazonaws/kinesis/video/cproducer/Include.h"

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Platform, TheTimeIsThatOfTheDay) {
  const UINT64 time = GETTIME();
  const auto later = com::amazonaws::kinesis::video::systemCurrentTime().time_since_epoch();
  EXPECT_LE(time, static_cast<UINT64>(std::chrono::duration_cast<std::chrono::nanoseconds>(later).count()) / 100);
  EXPECT_GT(time, 1'700'000'000ULL * HUNDREDS_OF_NANOS_IN_A_SECOND);
}

PVOID Double(PVOID argument) {
  int& number = *static_cast<int*>(argument);
  number *= 2;
  return &number;
}

TEST(Platform, AThreadRunsAndGivesItsResult) {
  TID thread = INVALID_TID_VALUE;
  int number = 21;
  ASSERT_EQ(STATUS_SUCCESS, THREAD_CREATE(&thread, Double, &number));
  PVOID result = nullptr;
  EXPECT_EQ(STATUS_SUCCESS, THREAD_JOIN(thread, &result));
  EXPECT_EQ(&number, result);
  EXPECT_EQ(42, number);
  EXPECT_EQ(STATUS_NULL_ARG, THREAD_CREATE(nullptr, Double, &number));
  EXPECT_EQ(STATUS_NULL_ARG, THREAD_CREATE(&thread, nullptr, &number));
}

PVOID TellId(PVOID argument) {
  *static_cast<TID*>(argument) = GETTID();
  return nullptr;
}

TEST(Platform, AThreadKnowsItsId) {
  TID thread = INVALID_TID_VALUE;
  TID told = INVALID_TID_VALUE;
  ASSERT_EQ(STATUS_SUCCESS, THREAD_CREATE(&thread, TellId, &told));
  EXPECT_EQ(STATUS_SUCCESS, THREAD_JOIN(thread, nullptr));
  EXPECT_EQ(thread, told);
  EXPECT_NE(GETTID(), told);
  EXPECT_EQ(STATUS_THREAD_DEADLOCKED, THREAD_JOIN(GETTID(), nullptr));
}

TEST(Platform, SleepsAtLeastAsLongAsAsked) {
  const auto before = std::chrono::steady_clock::now();
  THREAD_SLEEP(2 * HUNDREDS_OF_NANOS_IN_A_MILLISECOND);
  defaultThreadSleep(1 * HUNDREDS_OF_NANOS_IN_A_MILLISECOND);
  THREAD_SLEEP_UNTIL(0);
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(3));
}

TEST(Platform, AReentrantMutexMayBeLockedAgain) {
  const MUTEX reentrant = MUTEX_CREATE(TRUE);
  ASSERT_TRUE(IS_VALID_MUTEX_VALUE(reentrant));
  MUTEX_LOCK(reentrant);
  EXPECT_TRUE(MUTEX_TRYLOCK(reentrant));
  MUTEX_UNLOCK(reentrant);
  MUTEX_UNLOCK(reentrant);
  MUTEX_FREE(reentrant);

  const MUTEX plain = MUTEX_CREATE(FALSE);
  MUTEX_LOCK(plain);
  EXPECT_FALSE(MUTEX_TRYLOCK(plain));
  MUTEX_UNLOCK(plain);
  MUTEX_FREE(plain);
  MUTEX_FREE(INVALID_MUTEX_VALUE);
}

struct Signal {
  MUTEX mutex = MUTEX_CREATE(FALSE);
  CVAR condition = CVAR_CREATE();
  bool set = false;
};

PVOID SetSignal(PVOID argument) {
  Signal& signal = *static_cast<Signal*>(argument);
  MUTEX_LOCK(signal.mutex);
  signal.set = true;
  CVAR_SIGNAL(signal.condition);
  MUTEX_UNLOCK(signal.mutex);
  return nullptr;
}

TEST(Platform, AConditionWakesWhoWaits) {
  Signal signal;
  TID thread = INVALID_TID_VALUE;
  MUTEX_LOCK(signal.mutex);
  ASSERT_EQ(STATUS_SUCCESS, THREAD_CREATE(&thread, SetSignal, &signal));
  while (!signal.set) {
    ASSERT_EQ(STATUS_SUCCESS, CVAR_WAIT(signal.condition, signal.mutex, INFINITE_TIME_VALUE));
  }
  MUTEX_UNLOCK(signal.mutex);
  EXPECT_EQ(STATUS_SUCCESS, THREAD_JOIN(thread, nullptr));
  EXPECT_EQ(STATUS_SUCCESS, CVAR_BROADCAST(signal.condition));

  MUTEX_LOCK(signal.mutex);
  EXPECT_EQ(STATUS_OPERATION_TIMED_OUT, CVAR_WAIT(signal.condition, signal.mutex, 1));
  MUTEX_UNLOCK(signal.mutex);
  CVAR_FREE(signal.condition);
  MUTEX_FREE(signal.mutex);
}

TEST(Platform, AtomicsAndMemory) {
  volatile ATOMIC_BOOL flag = FALSE;
  EXPECT_FALSE(ATOMIC_EXCHANGE_BOOL(&flag, TRUE));
  EXPECT_TRUE(ATOMIC_LOAD_BOOL(&flag));
  SIZE_T expected = TRUE;
  EXPECT_TRUE(ATOMIC_COMPARE_EXCHANGE_BOOL(&flag, &expected, FALSE));
  EXPECT_EQ(0U, ATOMIC_INCREMENT(&flag));
  EXPECT_EQ(1U, ATOMIC_LOAD(&flag));

  PBYTE bytes = static_cast<PBYTE>(MEMCALLOC(4, 1));
  ASSERT_NE(nullptr, bytes);
  EXPECT_EQ(0, bytes[3]);
  SAFE_MEMFREE(bytes);
  EXPECT_EQ(nullptr, bytes);
  SAFE_MEMFREE(bytes);
  EXPECT_EQ(STATUS_SUCCESS, SET_INSTRUMENTED_ALLOCATORS());
  EXPECT_EQ(STATUS_SUCCESS, RESET_INSTRUMENTED_ALLOCATORS());
}

STATUS Checked(int number) {
  STATUS retStatus = STATUS_SUCCESS;
  CHK(number != 1, STATUS_INVALID_ARG);
  CHK_STATUS(number == 2 ? STATUS_NOT_FOUND : STATUS_SUCCESS);
  CHK_ERR(number != 3, STATUS_BUFFER_TOO_SMALL, "number is %d", number);
CleanUp:
  CHK_LOG_ERR(retStatus);
  return retStatus;
}

// Keeps the records that reach the logger of the library.
class Records : public log4cplus::Appender {
 public:
  explicit Records(std::vector<std::string>& texts) : texts_(texts) {}
  ~Records() override { destructorImpl(); }
  void close() override {}

 protected:
  void append(const log4cplus::spi::InternalLoggingEvent& event) override {
    texts_.push_back(log4cplus::getLogLevelManager().toString(event.getLogLevel()) + " " + event.getMessage());
  }

 private:
  std::vector<std::string>& texts_;
};

class PlatformLog : public testing::Test {
 protected:
  PlatformLog() : logger_(log4cplus::Logger::getInstance("com.amazonaws.kinesis.video")) {
    logger_.addAppender(log4cplus::SharedAppenderPtr(new Records(texts_)));  // NOLINT: log4cplus counts references
    logger_.setAdditivity(false);
    logger_.setLogLevel(log4cplus::TRACE_LOG_LEVEL);
    SET_LOGGER_LOG_LEVEL(LOG_LEVEL_VERBOSE);
  }
  ~PlatformLog() override {
    logger_.removeAllAppenders();
    logger_.setLogLevel(log4cplus::NOT_SET_LOG_LEVEL);
    SET_LOGGER_LOG_LEVEL(0);
  }

  std::vector<std::string> texts_;
  log4cplus::Logger logger_;
};

TEST_F(PlatformLog, GoesToLog4cplusWithItsLevel) {
  DLOGV("trace");
  DLOGD("%s", "debug");
  DLOGI("%d of %s", 3, "info");
  DLOGW("warn");
  DLOGE("error");
  DLOGF("fatal");
  DLOGP("profile");
  DLOGS("silent");
  EXPECT_THAT(texts_, ElementsAre("TRACE platform-utils: trace", "DEBUG platform-utils: debug", "INFO platform-utils: 3 of info",
                                  "WARN platform-utils: warn", "ERROR platform-utils: error", "FATAL platform-utils: fatal",
                                  "INFO platform-utils: profile"));
}

TEST_F(PlatformLog, IsNotCut) {
  const std::string text(100'000, 'x');
  DLOGI("%s", text.c_str());
  EXPECT_THAT(texts_, ElementsAre("INFO platform-utils: " + text));
}

TEST_F(PlatformLog, BelowTheLevelNothingIsWritten) {
  SET_LOGGER_LOG_LEVEL(LOG_LEVEL_ERROR);
  EXPECT_EQ(LOG_LEVEL_ERROR, GET_LOGGER_LOG_LEVEL());
  DLOGW("warn");
  EXPECT_THAT(texts_, IsEmpty());
  DLOGE("error");
  EXPECT_EQ(1U, texts_.size());

  SET_LOGGER_LOG_LEVEL(0);
  log4cplus::Logger root = log4cplus::Logger::getRoot();
  const log4cplus::LogLevel before = root.getLogLevel();
  root.setLogLevel(log4cplus::FATAL_LOG_LEVEL);
  EXPECT_EQ(LOG_LEVEL_FATAL, GET_LOGGER_LOG_LEVEL());
  root.setLogLevel(before);
}

TEST_F(PlatformLog, ChecksJumpAndSayWhy) {
  EXPECT_EQ(STATUS_SUCCESS, Checked(0));
  EXPECT_EQ(STATUS_INVALID_ARG, Checked(1));
  EXPECT_EQ(STATUS_NOT_FOUND, Checked(2));
  texts_.clear();
  EXPECT_EQ(STATUS_BUFFER_TOO_SMALL, Checked(3));
  EXPECT_THAT(texts_, ElementsAre("ERROR platform-utils: number is 3",
                                  "ERROR platform-utils: operation returned status code: 0x00000005"));
}

}  // namespace
