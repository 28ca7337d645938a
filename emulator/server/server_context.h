#ifndef KVS_EMULATOR_SERVER_SERVER_CONTEXT_H_
#define KVS_EMULATOR_SERVER_SERVER_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>

#include "emulator/model/local_service.h"
#include "emulator/server/event_log.h"
#include "emulator/server/fragment_store.h"
#include "emulator/server/given_tokens.h"
#include "emulator/server/io_loop.h"
#include "emulator/server/options.h"
#include "emulator/server/sigv4_verifier.h"

namespace kvs::emulator {

// Something that lives as long as its connection (or longer), and which the end of the server ends.
class Stoppable {
 public:
  virtual ~Stoppable() = default;
  // In order, soon.
  virtual void Shutdown() = 0;
  // With a TCP reset.
  virtual void Abort() = 0;
  // As Abort, but only when it is a PutMedia session.
  virtual void AbortSession() {}
};

// What all connections share. Loop thread only.
struct ServerContext {
  explicit ServerContext(Options given)
      : options(std::move(given)),
        verifier(options.region_given ? options.service.streams.region : ""),
        store(options.data_dir),
        service(options.service, [this](std::string_view json) { events.Write(json); }) {}
  // What waits in the loop uses the rest until its own end.
  ~ServerContext() {
    loop.Clear();
    std::exchange(kept, {}).clear();
  }
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

  Options options;
  IoLoop loop;
  EventLog events;
  SigV4Verifier verifier;
  FragmentStore store;
  LocalService service;
  GivenTokens tokens;
  std::map<std::uint64_t, Stoppable*> stoppables;
  std::uint64_t last_stoppable = 0;
  std::map<std::uint64_t, std::shared_ptr<void>> kept;  // PutMedia exchanges until they are done
  std::uint64_t connections = 0;
  std::uint64_t open_connections = 0;
  std::uint64_t resumed_connections = 0;  // of TLS, with an earlier session
  std::function<void()> on_faults_changed;
  std::mt19937_64 random{std::random_device{}()};

  // Looks like a request id of the service: 8-4-4-4-12 hexadecimal digits.
  std::string NewRequestId();
};

// Enters itself into the context for its lifetime.
class StoppableEntry {
 public:
  StoppableEntry(ServerContext& context, Stoppable& stoppable)
      : context_(context), key_(++context.last_stoppable) {
    context_.stoppables[key_] = &stoppable;
  }
  ~StoppableEntry() { context_.stoppables.erase(key_); }
  std::uint64_t key() const { return key_; }
  StoppableEntry(const StoppableEntry&) = delete;
  StoppableEntry& operator=(const StoppableEntry&) = delete;

 private:
  ServerContext& context_;
  std::uint64_t key_;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_SERVER_SERVER_CONTEXT_H_
