// Uses something of every kind that the installed headers offer: a value type, a function, a class
// made by the library. Opens no connection. Exit status 0 when all of it answers as documented.
#include <iostream>

#include "kvs/producer.h"
#include "kvs/version.h"

int main() {
  const kvs::Status failure(kvs::StatusCode::kThrottled, "asked too often");
  if (failure.ToString().find("asked too often") == std::string::npos) {
    std::cerr << "Status::ToString: " << failure.ToString() << "\n";
    return 1;
  }
  if (kvs::Describe(kvs::StatusCode::kThrottled).retry != kvs::RetryClass::kBackoff) {
    std::cerr << "Describe\n";
    return 1;
  }
  kvs::StreamConfig config;
  if (kvs::Validate(config).ok()) {
    std::cerr << "Validate accepts a stream without a name\n";
    return 1;
  }
  const auto producer = kvs::Producer::Create({});
  if (producer.ok() || producer.status().code() != kvs::StatusCode::kNoCredentials) {
    std::cerr << "Create without credentials: " << producer.status().ToString() << "\n";
    return 1;
  }
  std::cout << "kvsproducer " << KVS_VERSION_STRING << "\n";
  return 0;
}
