#ifndef KVS_TESTS_SUPPORT_LOCAL_SERVICE_H_
#define KVS_TESTS_SUPPORT_LOCAL_SERVICE_H_

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "emulator/server/options.h"
#include "emulator/server/server.h"

namespace kvs::test {

// The local service in this process, with the arguments of kvs-local.
class LocalService {
 public:
  explicit LocalService(const std::vector<std::string>& arguments = {}) {
    emulator::Options options;
    EXPECT_EQ(emulator::ParseOptions(arguments, &options), "");
    server_ = std::make_unique<emulator::Server>(options);
    EXPECT_EQ(server_->Start(), "");
    thread_ = std::thread([this] { server_->Run(); });
  }
  ~LocalService() { (void)Finish(); }
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  std::string url() const { return server_->url(); }
  std::string credentials_url() const { return server_->credentials_url(); }
  // Ends the service and says what it has seen.
  emulator::StreamTotals Finish() {
    if (thread_.joinable()) {
      server_->Stop();
      thread_.join();
    }
    return server_->Totals();
  }

 private:
  std::unique_ptr<emulator::Server> server_;
  std::thread thread_;
};

// The calls that the events file of a service names, in order.
inline std::vector<std::string> CallsIn(const std::filesystem::path& events) {
  std::vector<std::string> calls;
  std::ifstream file(events);
  for (std::string line; std::getline(file, line);) {
    const std::string mark = "\"api\":\"";
    const std::size_t at = line.find(mark);
    if (line.find("\"event\":\"api\"") != std::string::npos && at != std::string::npos) {
      const std::size_t begin = at + mark.size();
      calls.push_back(line.substr(begin, line.find('"', begin) - begin));
    }
  }
  return calls;
}

}  // namespace kvs::test

#endif  // KVS_TESTS_SUPPORT_LOCAL_SERVICE_H_
