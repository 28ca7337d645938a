// The sinks of log4cplus where they are in a library of their own, which is loaded when one is first asked for.
#include <dlfcn.h>

#include <atomic>
#include <string>
#include <utility>

#include "kvs/logging.h"
#include "kvs/version.h"
#include "producer/end_of_process.h"
#include "producer/log/log4cplus_file.h"
#include "producer/log/log4cplus_module.h"
#include "producer/log/readable_file.h"

namespace kvs {
namespace log {
namespace {

// Set once; null: not loaded, or it cannot be.
std::atomic<const Log4cplusModule*> loaded = nullptr;

// Beside the library that this is a part of, so that an installed tree may be moved; else where the system looks.
void* Open() {
  Dl_info self{};
  if (::dladdr(reinterpret_cast<const void*>(&Open), &self) != 0 && self.dli_fname != nullptr) {
    const std::string file = self.dli_fname;
    const std::size_t slash = file.rfind('/');
    const std::string beside = slash == std::string::npos ? "" : file.substr(0, slash + 1) + kLog4cplusModuleFile;
    if (void* module = beside.empty() ? nullptr : ::dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL); module != nullptr) {
      return module;
    }
  }
  return ::dlopen(kLog4cplusModuleFile, RTLD_NOW | RTLD_LOCAL);
}

Status Load() {
  void* const library = Open();  // never closed: its sinks may be in use until the process ends
  if (library == nullptr) {
    const char* const why = ::dlerror();  // NOLINT(concurrency-mt-unsafe): of this thread
    return {StatusCode::kInvalidState, std::string("the library for log4cplus cannot be loaded: ") + (why != nullptr ? why : "")};
  }
  const auto* module = static_cast<const Log4cplusModule*>(::dlsym(library, kLog4cplusModuleSymbol));
  if (module == nullptr || std::string(module->version) != KVS_VERSION_STRING) {
    return {StatusCode::kInvalidState, std::string(kLog4cplusModuleFile) + " is not of version " KVS_VERSION_STRING};
  }
  // log4cplus ends itself at the end of the process; what is still to be written comes before.
  FinishBeforeLibraries();
  loaded.store(module, std::memory_order_release);
  return {};
}

// Loads it the first time. Why there is none, or OK.
const Status& Module() {
  static const Status kStatus = Load();
  return kStatus;
}

}  // namespace

void CloseFileSinks() {
  if (const Log4cplusModule* module = loaded.load(std::memory_order_acquire); module != nullptr) {
    module->close_file_sinks();
  }
}

}  // namespace log

Result<std::shared_ptr<LogSink>> MakeLog4cplusSink(std::string logger_prefix) {
  const Status& status = log::Module();
  return status.ok() ? log::loaded.load(std::memory_order_acquire)->make_sink(std::move(logger_prefix)) : status;
}

Result<std::shared_ptr<LogSink>> MakeLog4cplusFileSink(const std::string& path) {
  if (Status status = log::ReadableFile(path); !status.ok()) {
    return status;
  }
  const Status& status = log::Module();
  return status.ok() ? log::loaded.load(std::memory_order_acquire)->make_file_sink(path) : status;
}

}  // namespace kvs
