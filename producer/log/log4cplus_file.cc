#include "producer/log/log4cplus_file.h"

#include <array>
#include <cstdlib>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <log4cplus/configurator.h>
#include <log4cplus/helpers/property.h>
#include <log4cplus/hierarchy.h>
#include <log4cplus/initializer.h>
#include <log4cplus/nullappender.h>

#include "kvs/logging.h"
#include "pic/base/mutex.h"
#include "producer/log/log4cplus_sink.h"
#include "producer/log/readable_file.h"

namespace kvs::log {
namespace {

// What would change log4cplus for the whole process.
constexpr std::array kProcessWide = {"log4cplus.configDebug", "log4cplus.quietMode", "log4cplus.threadPoolSize"};

// Loggers apart from those of the program, and the sink that writes to them.
struct FileLog {
  log4cplus::Hierarchy hierarchy;
  std::shared_ptr<Log4cplusSink> sink;
};

// The files that were read, by their real path.
struct Files {
  Mutex mutex;
  std::map<std::string, std::unique_ptr<FileLog>> by_path KVS_GUARDED_BY(mutex);  // null: not usable
};

Files& TheFiles() {
  // Never destroyed: log4cplus may be gone by then, see CloseFileSinks.
  static Files* const kFiles = new Files();  // NOLINT: never destroyed on purpose
  return *kFiles;
}

std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? path : real.get();
}

std::unique_ptr<FileLog> Read(const std::string& path) {
  log4cplus::initialize();
  auto file = std::make_unique<FileLog>();
  log4cplus::helpers::Properties properties(path);
  for (const char* name : kProcessWide) {
    properties.removeProperty(name);
  }
  log4cplus::PropertyConfigurator(properties, file->hierarchy).configure();
  if (log4cplus::Logger root = file->hierarchy.getRoot(); root.getAllAppenders().empty()) {
    // Otherwise log4cplus complains on stderr about records that go nowhere.
    root.addAppender(log4cplus::SharedAppenderPtr(std::make_unique<log4cplus::NullAppender>().release()));
  }
  file->sink = std::make_shared<Log4cplusSink>(kDefaultLoggerPrefix, file->hierarchy);
  return file;
}

}  // namespace

void CloseFileSinks() {
  Files& files = TheFiles();
  const MutexLock lock(files.mutex);
  for (const auto& [path, file] : files.by_path) {
    if (file != nullptr) {
      file->sink->Close();
      file->hierarchy.shutdown();
    }
  }
}

}  // namespace kvs::log

namespace kvs {

Result<std::shared_ptr<LogSink>> MakeLog4cplusFileSink(const std::string& path) {
  if (Status status = log::ReadableFile(path); !status.ok()) {
    return status;
  }
  log::Files& files = log::TheFiles();
  const MutexLock lock(files.mutex);
  std::unique_ptr<log::FileLog>& file = files.by_path[log::RealPath(path)];
  try {
    if (file == nullptr) {
      file = log::Read(path);
    }
    return std::shared_ptr<LogSink>(file->sink);
  } catch (const std::exception& error) {
    return Status(StatusCode::kFileError, "log4cplus cannot use the file \"" + path + "\": " + error.what());
  }
}

}  // namespace kvs
