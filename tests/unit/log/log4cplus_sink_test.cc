#include "producer/log/log4cplus_sink.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <log4cplus/appender.h>
#include <log4cplus/initializer.h>
#include <log4cplus/logger.h>
#include <log4cplus/spi/loggingevent.h>

#include "kvs/logging.h"

namespace kvs {
namespace {

struct Line {
  std::string logger;
  log4cplus::LogLevel level;
  std::string message;
};

// Keeps what it is given. log4cplus serialises the calls of one appender.
class Recorder final : public log4cplus::Appender {
 public:
  explicit Recorder(std::vector<Line>& lines) : lines_(lines) {}
  ~Recorder() override { destructorImpl(); }
  void close() override {}

 protected:
  void append(const log4cplus::spi::InternalLoggingEvent& event) override {
    lines_.push_back({event.getLoggerName(), event.getLogLevel(), event.getMessage()});
  }

 private:
  std::vector<Line>& lines_;
};

class Log4cplusSinkTest : public testing::Test {
 protected:
  Log4cplusSinkTest() : logger_(log4cplus::Logger::getInstance("test.prefix")) {
    logger_.addAppender(log4cplus::SharedAppenderPtr(std::make_unique<Recorder>(lines_).release()));
    logger_.setAdditivity(false);
    logger_.setLogLevel(log4cplus::DEBUG_LOG_LEVEL);
    Result<std::shared_ptr<LogSink>> sink = MakeLog4cplusSink("test.prefix");
    EXPECT_TRUE(sink.ok());
    sink_ = *sink;
  }
  ~Log4cplusSinkTest() override {
    logger_.removeAllAppenders();
    log4cplus::Logger::getInstance("test.prefix.kvs-net").setLogLevel(log4cplus::NOT_SET_LOG_LEVEL);
  }

  std::vector<Line> lines_;
  log4cplus::Logger logger_;
  std::shared_ptr<LogSink> sink_;
};

TEST_F(Log4cplusSinkTest, WritesToTheLoggerOfTheComponent) {
  sink_->Write({LogLevel::kWarn, "kvs-net", "door", "connection lost"});
  sink_->Write({LogLevel::kInfo, "kvs-auth", "", "renewed"});
  sink_->Write({LogLevel::kInfo, "", "", "no component"});
  ASSERT_EQ(lines_.size(), 3u);
  EXPECT_EQ(lines_[0].logger, "test.prefix.kvs-net");
  EXPECT_EQ(lines_[0].level, log4cplus::WARN_LOG_LEVEL);
  EXPECT_EQ(lines_[0].message, "[door] connection lost");
  EXPECT_EQ(lines_[1].logger, "test.prefix.kvs-auth");
  EXPECT_EQ(lines_[1].message, "renewed");
  EXPECT_EQ(lines_[2].logger, "test.prefix");
}

TEST_F(Log4cplusSinkTest, MapsEachLevel) {
  logger_.setLogLevel(log4cplus::TRACE_LOG_LEVEL);
  for (const LogLevel level :
       {LogLevel::kError, LogLevel::kWarn, LogLevel::kInfo, LogLevel::kDebug, LogLevel::kTrace}) {
    sink_->Write({level, "kvs-net", "", "x"});
  }
  ASSERT_EQ(lines_.size(), 5u);
  EXPECT_EQ(lines_[0].level, log4cplus::ERROR_LOG_LEVEL);
  EXPECT_EQ(lines_[1].level, log4cplus::WARN_LOG_LEVEL);
  EXPECT_EQ(lines_[2].level, log4cplus::INFO_LOG_LEVEL);
  EXPECT_EQ(lines_[3].level, log4cplus::DEBUG_LOG_LEVEL);
  EXPECT_EQ(lines_[4].level, log4cplus::TRACE_LOG_LEVEL);
}

TEST_F(Log4cplusSinkTest, FollowsTheLevelsOfTheProgram) {
  EXPECT_TRUE(sink_->Enabled(LogLevel::kDebug, "kvs-net"));
  EXPECT_FALSE(sink_->Enabled(LogLevel::kTrace, "kvs-net"));
  sink_->Write({LogLevel::kTrace, "kvs-net", "", "not wanted"});
  EXPECT_TRUE(lines_.empty());
  log4cplus::Logger::getInstance("test.prefix.kvs-net").setLogLevel(log4cplus::ERROR_LOG_LEVEL);
  EXPECT_FALSE(sink_->Enabled(LogLevel::kWarn, "kvs-net")) << "also after its first use";
  EXPECT_TRUE(sink_->Enabled(LogLevel::kWarn, "kvs-mkv"));
}

TEST_F(Log4cplusSinkTest, LeavesTheRootLoggerAlone) {
  log4cplus::Logger root = log4cplus::Logger::getRoot();
  const log4cplus::LogLevel level = root.getLogLevel();
  const std::size_t appenders = root.getAllAppenders().size();
  const auto sink = MakeLog4cplusSink();
  ASSERT_TRUE(sink.ok());
  (*sink)->Enabled(LogLevel::kInfo, "kvs-net");
  sink_->Write({LogLevel::kInfo, "kvs-net", "", "x"});
  EXPECT_EQ(root.getLogLevel(), level);
  EXPECT_EQ(root.getAllAppenders().size(), appenders);
  EXPECT_EQ(log4cplus::Logger::getInstance(kDefaultLoggerPrefix).getLogLevel(),
            log4cplus::NOT_SET_LOG_LEVEL);
}

TEST_F(Log4cplusSinkTest, BoundsTheLoggersItMakes) {
  for (std::size_t i = 0; i < 2 * log::Log4cplusSink::kMaxComponents; ++i) {
    sink_->Write({LogLevel::kInfo, "component" + std::to_string(i), "", "x"});
  }
  ASSERT_EQ(lines_.size(), 2 * log::Log4cplusSink::kMaxComponents);
  EXPECT_EQ(lines_[0].logger, "test.prefix.component0");
  EXPECT_EQ(lines_.back().logger, "test.prefix");
}

TEST_F(Log4cplusSinkTest, MayBeUsedFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kLines = 50;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < kLines; ++i) {
          sink_->Write({LogLevel::kInfo, "thread" + std::to_string((t + i) % 8), "", "x"});
        }
      });
    }
  }
  EXPECT_EQ(lines_.size(), static_cast<std::size_t>(kThreads * kLines));
}

}  // namespace
}  // namespace kvs
