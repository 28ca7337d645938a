#ifndef KVS_EMULATOR_MODEL_FAULTS_H_
#define KVS_EMULATOR_MODEL_FAULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/model/ack.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

enum class FaultKind : std::uint8_t {
  // connections
  kRefuse,
  kTlsFail,
  // calls
  kStatus,
  kDelay,
  kEndpoint,
  kGarbage,
  kCreating,
  // sessions: the connection
  kReset,
  kCloseAfter,
  kSlowRead,
  kFreeze,
  // sessions: the acks
  kErrorAck,
  kStopAcks,
  kDelayAcks,
  kGarbageAcks,
  kSplitAcks,
  kMergeAcks,
};

enum class RefuseMode : std::uint8_t { kClose, kReset, kUnlisten };

// How a connection ends. kGraceful finishes the response; kFin and kReset leave it unfinished;
// kCrash is a reset of a host which loses what it had received but not persisted.
enum class EndKind : std::uint8_t { kGraceful, kFin, kReset, kCrash };

// first..last, counted from 1.
struct FaultRange {
  std::uint64_t first = 1;
  std::uint64_t last = UINT64_MAX;

  bool Contains(std::uint64_t n) const { return n >= first && n <= last; }
};

// One scripted fault, as data. The grammar is in emulator/README.md; members which a kind does not
// use keep their defaults.
struct Fault {
  std::string spec;
  FaultKind kind = FaultKind::kStatus;
  std::string stream;  // empty: every stream; with a trailing '*' a prefix
  Duration after{};
  std::optional<Duration> lasting;
  std::uint64_t times = UINT64_MAX;

  FaultRange call;
  FaultRange session;
  FaultRange fragment;
  bool open_sessions = false;  // session=open

  std::string api;  // empty: every API
  int status_code = 503;
  std::string error_type = "InternalFailure";
  std::string message = "kvs-local was told to fail";
  std::optional<Duration> delay;  // none: never
  std::string url;                // of the data endpoint

  RefuseMode refuse_mode = RefuseMode::kClose;
  EndKind end_kind = EndKind::kReset;
  std::uint64_t bytes = 0;
  std::uint64_t fragments = 1;
  std::uint64_t acks = 0;
  std::uint64_t size = 1;
  std::uint64_t rate = 0;
  int error_id = 0;
  std::string error_code;
  bool at_begin = false;
  std::vector<AckType> ack_types;  // empty: all

  bool MatchesStream(std::string_view name) const;
  bool MatchesAck(AckType type) const;
  bool IsForSessions() const { return kind >= FaultKind::kReset; }
};

// A fault, or the sentence that says what is wrong with the specification.
std::variant<Fault, std::string> ParseFault(std::string_view spec);

// "250ms", "5s", "45m", "1h", "1.5" (seconds). None when it is not a duration.
std::optional<Duration> ParseDuration(std::string_view text);
// "123", "64k", "50M", "1G" (1024-based).
std::optional<std::uint64_t> ParseSize(std::string_view text);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_FAULTS_H_
