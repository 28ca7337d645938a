// The configuration files of the aws command line.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "producer/aws/shared_config.h"
#include "tests/fuzz/fuzz_check.h"

namespace {

using kvs::aws::SharedConfig;
using kvs::aws::SharedFile;

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void CheckMessage(const kvs::Status& status) {
  kvs::fuzz::Check(status.message().size() < 256 && IsPrintable(status.message()), "messages are bounded and printable");
  kvs::fuzz::Check(status.message().starts_with("config, line ") || status.code() == kvs::StatusCode::kTooLarge,
                   "a message says where");
}

void Read(SharedFile file, std::string_view text) {
  SharedConfig once;
  const kvs::Status status = once.Add(file, "config", text);
  if (!status.ok()) {
    CheckMessage(status);
    return;
  }
  SharedConfig twice;
  kvs::fuzz::Check(twice.Add(file, "config", text).ok() && twice.Add(file, "config", text).ok(), "what was read is read again");
  kvs::fuzz::Check(once.ProfileNames() == twice.ProfileNames(), "and says the same");
  for (const std::string& name : once.ProfileNames()) {
    kvs::fuzz::Check(once.Profile(name) != nullptr, "a profile that is named is there");
    kvs::fuzz::Check(once.Region(name) == twice.Region(name), "its region stays");
    kvs::fuzz::Check(once.EndpointUrl(name, "sts") == twice.EndpointUrl(name, "sts"), "its endpoint stays");
    const auto region = once.Region(name);
    kvs::fuzz::Check(!region || !region->empty(), "an empty value is none");
  }
  // A line end is no part of the text.
  SharedConfig longer;
  kvs::fuzz::Check(longer.Add(file, "config", std::string(text) + "\n").ok(), "with a line end it is still read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Read(SharedFile::kConfig, text);
  Read(SharedFile::kCredentials, text);
  return 0;
}
