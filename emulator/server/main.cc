#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "emulator/server/help_text.h"
#include "emulator/server/options.h"
#include "emulator/server/server.h"

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

}  // namespace

int main(int argc, char** argv) {
  kvs::emulator::Options options;
  const std::string wrong =
      kvs::emulator::ParseOptions(std::vector<std::string>(argv + 1, argv + argc), &options);
  if (!wrong.empty()) {
    std::cerr << "kvs-local: " << wrong << "\nTry 'kvs-local --help'.\n";
    return kExitUsage;
  }
  if (options.help) {
    std::cout << kvs::emulator::HelpText();
    return 0;
  }
  if (options.version) {
    std::cout << "kvs-local " << KVS_EMULATOR_VERSION << '\n';
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);
  kvs::emulator::Server server(std::move(options));
  const std::string problem = server.Start();
  if (!problem.empty()) {
    std::cerr << "kvs-local: " << problem << '\n';
    return kExitFailed;
  }
  server.HandleSignals();
  std::cout << "kvs-local: listening on " << server.url() << '\n';
  if (!server.ca_file().empty()) {
    std::cout << "kvs-local: ca file " << server.ca_file() << '\n';
  }
  if (!server.iot_endpoint().empty()) {
    std::cout << "kvs-local: iot endpoint " << server.iot_endpoint() << '\n';
  }
  if (!server.credentials_url().empty()) {
    std::cout << "kvs-local: credentials endpoint " << server.credentials_url() << '\n';
  }
  if (!server.device().certificate_file.empty()) {
    std::cout << "kvs-local: device certificate " << server.device().certificate_file << ", key "
              << server.device().key_file << '\n';
  }
  std::cout << std::flush;
  server.Run();
  std::cout << "kvs-local: done: " << server.Summary() << '\n' << std::flush;
  return 0;
}
