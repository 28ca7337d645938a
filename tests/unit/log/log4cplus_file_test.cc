#include "producer/log/log4cplus_file.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <log4cplus/logger.h>

#include "kvs/logging.h"

namespace kvs {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Log4cplusFileTest : public testing::Test {
 protected:
  Log4cplusFileTest() { std::filesystem::create_directories(folder_); }
  ~Log4cplusFileTest() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }
  // A file as Amazon ships it, but that its appender writes to "<name>.log".
  std::string WriteConfig(const std::string& name, const std::string& more = "", const std::string& root = "DEBUG") {
    std::ofstream(Path(name)) << "log4cplus.rootLogger=" << root << ", KvsFileAppender\n"
                              << "log4cplus.appender.KvsFileAppender=log4cplus::DailyRollingFileAppender\n"
                              << "log4cplus.appender.KvsFileAppender.File=" << Path("made/" + name + ".log") << "\n"
                              << "log4cplus.appender.KvsFileAppender.Schedule=HOURLY\n"
                              << "log4cplus.appender.KvsFileAppender.CreateDirs=true\n"
                              << "log4cplus.appender.KvsFileAppender.layout=log4cplus::PatternLayout\n"
                              << "log4cplus.appender.KvsFileAppender.layout.ConversionPattern=[%-5p] [%c] %m%n\n"
                              << more;
    return Path(name);
  }
  std::string Written(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(Path("made/" + name + ".log")).rdbuf();
    return text.str();
  }

 private:
  const std::string folder_ = testing::TempDir() + "kvs-log-" + std::to_string(::getpid());
};

TEST_F(Log4cplusFileTest, WritesWhereAndWhatTheFileSays) {
  const auto sink = MakeLog4cplusFileSink(WriteConfig("levels", "log4cplus.logger.com.amazonaws.kinesis.video.kvs-net=WARN\n"));
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  EXPECT_TRUE((*sink)->Enabled(LogLevel::kDebug, "kvs-stream"));
  EXPECT_FALSE((*sink)->Enabled(LogLevel::kTrace, "kvs-stream"));
  EXPECT_FALSE((*sink)->Enabled(LogLevel::kInfo, "kvs-net"));
  (*sink)->Write({LogLevel::kDebug, "kvs-stream", "door", "a fragment"});
  (*sink)->Write({LogLevel::kTrace, "kvs-stream", "door", "a frame"});
  (*sink)->Write({LogLevel::kInfo, "kvs-net", "door", "a call"});
  (*sink)->Write({LogLevel::kError, "kvssink", "", "an error"});
  EXPECT_EQ(Written("levels"),
            "[DEBUG] [com.amazonaws.kinesis.video.kvs-stream] [door] a fragment\n"
            "[ERROR] [com.amazonaws.kinesis.video.kvssink] an error\n");
}

TEST_F(Log4cplusFileTest, LeavesTheLoggersOfTheProgramAlone) {
  log4cplus::Logger root = log4cplus::Logger::getRoot();
  const log4cplus::LogLevel level = root.getLogLevel();
  const std::size_t appenders = root.getAllAppenders().size();
  const auto sink = MakeLog4cplusFileSink(
      WriteConfig("apart", "log4cplus.logger.program=ERROR, KvsFileAppender\n", level == log4cplus::ERROR_LOG_LEVEL ? "DEBUG" : "ERROR"));
  ASSERT_TRUE(sink.ok());
  (*sink)->Write({LogLevel::kError, "kvs-net", "", "x"});
  EXPECT_EQ(root.getLogLevel(), level);
  EXPECT_EQ(root.getAllAppenders().size(), appenders);
  EXPECT_FALSE(log4cplus::Logger::exists("program"));
}

TEST_F(Log4cplusFileTest, AFileIsReadOnce) {
  const auto first = MakeLog4cplusFileSink(WriteConfig("once"));
  const auto again = MakeLog4cplusFileSink(Path("../") + std::filesystem::path(Path("")).parent_path().filename().string() + "/once");
  const auto other = MakeLog4cplusFileSink(WriteConfig("other"));
  ASSERT_TRUE(first.ok() && again.ok() && other.ok());
  EXPECT_EQ(*first, *again) << "by whatever name";
  EXPECT_NE(*first, *other);
  (*first)->Write({LogLevel::kInfo, "kvs-net", "", "one"});
  (*again)->Write({LogLevel::kInfo, "kvs-net", "", "two"});
  EXPECT_THAT(Written("once"), AllOf(HasSubstr("one"), HasSubstr("two")));
}

TEST_F(Log4cplusFileTest, WhatCannotBeReadIsAnError) {
  for (const std::string& path : {Path("no-such-file"), Path(""), std::string()}) {
    const auto sink = MakeLog4cplusFileSink(path);
    EXPECT_EQ(sink.status().code(), StatusCode::kFileError) << path;
    EXPECT_THAT(sink.status().message(), HasSubstr("\"" + path + "\"")) << path;
  }
}

TEST_F(Log4cplusFileTest, AFileWithoutAppendersIsSilent) {
  std::ofstream(Path("empty")) << "# nothing\n";
  const auto sink = MakeLog4cplusFileSink(Path("empty"));
  ASSERT_TRUE(sink.ok());
  testing::internal::CaptureStderr();
  (*sink)->Write({LogLevel::kError, "kvs-net", "", "x"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// The last test: nothing is written after it.
TEST_F(Log4cplusFileTest, ZClosingFlushesAndSilences) {
  const auto sink = MakeLog4cplusFileSink(WriteConfig("closing", "log4cplus.appender.KvsFileAppender.ImmediateFlush=false\n"
                                                                "log4cplus.appender.KvsFileAppender.RollOnClose=false\n"));
  ASSERT_TRUE(sink.ok());
  (*sink)->Write({LogLevel::kInfo, "kvs-net", "", "before"});
  EXPECT_EQ(Written("closing"), "");
  testing::internal::CaptureStderr();
  log::CloseFileSinks();
  (*sink)->Write({LogLevel::kInfo, "kvs-net", "", "after"});
  EXPECT_FALSE((*sink)->Enabled(LogLevel::kError, "kvs-net"));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(Written("closing"), AllOf(HasSubstr("before"), Not(HasSubstr("after"))));
}

}  // namespace
}  // namespace kvs
