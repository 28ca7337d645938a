#ifndef KVS_EMULATOR_MODEL_LOCAL_SERVICE_H_
#define KVS_EMULATOR_MODEL_LOCAL_SERVICE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "emulator/model/api_answer.h"
#include "emulator/model/fault_book.h"
#include "emulator/model/put_media_session.h"
#include "emulator/model/quotas.h"
#include "emulator/model/session_host.h"
#include "emulator/model/stream_registry.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

struct ServiceConfig {
  StreamRegistry::Config streams;
  SessionConfig session;
  std::size_t put_media_tps = 5;  // per stream; 0: no limit
  std::size_t max_sessions = 5;   // open at once per stream; 0: no limit
  std::size_t fragment_rate = 0;  // per second and stream; 0: no limit
  bool control_quotas = false;    // enforce the documented calls per second
};

// Where a call came from, for the log.
struct CallContext {
  std::string request_id;
  std::uint64_t connection = 0;
  // The refusal of the signature check, which the server does; none when it was good.
  std::optional<ApiError> refused;
};

// The header fields of PutMedia, empty when absent.
struct PutMediaHeaders {
  std::string stream_name;     // x-amzn-stream-name
  std::string stream_arn;      // x-amzn-stream-arn
  std::string timecode_type;   // x-amzn-fragment-timecode-type
  std::string producer_start;  // x-amzn-producer-start-timestamp, seconds with decimals
  std::string acknowledgment;  // x-amzn-fragment-acknowledgment-required
};

// When an answer may leave.
struct Hold {
  Duration delay{};
  bool forever = false;
};

struct CallResult {
  ApiAnswer answer;
  Hold hold;
};

struct PutMediaResult {
  ApiAnswer refusal;                         // when there is no session
  std::unique_ptr<PutMediaSession> session;  // started; must not outlive the service
  Hold hold;                                 // of the response
};

struct StreamTotals {
  std::uint64_t fragments_persisted = 0;
  std::uint64_t fragments_received = 0;  // stored without retention
  std::uint64_t fragments_discarded = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t error_acks = 0;
  std::uint64_t sessions = 0;
  std::uint64_t bytes = 0;  // of stored fragments
  std::uint64_t frames = 0;
};

// The whole service without sockets: control plane, PutMedia sessions, faults, quotas, and the list
// of what was stored. Times must not go back. Not synchronised.
class LocalService : private SessionHost {
 public:
  // Receives each event of emulator/README.md as one JSON object, without a newline.
  using EventSink = std::function<void(std::string_view json)>;

  LocalService(ServiceConfig config, EventSink events);
  ~LocalService() override;
  LocalService(const LocalService&) = delete;
  LocalService& operator=(const LocalService&) = delete;

  // `api` is one of ApiOfPath, but putMedia. `endpoint` is what getDataEndpoint answers.
  CallResult Call(std::string_view api, std::string_view body, std::string_view endpoint,
                  const CallContext& context, Time now);
  // A call that is not about a stream, and whose answer is made elsewhere; faults, counters and the log are as for any.
  CallResult CallElsewhere(std::string_view api, const CallContext& context, Time now,
                           const std::function<ApiAnswer()>& answer);
  PutMediaResult OpenPutMedia(const PutMediaHeaders& headers, const CallContext& context, Time now);

  StreamRegistry& streams() { return registry_; }
  // Adds a fault; session faults for open sessions begin at once. Answers its id.
  int AddFault(Fault fault, Time now);
  bool RemoveFault(int id);
  void ClearFaults();
  // For the decisions about connections. Report the acts of others with NoteFault.
  FaultBook& faults() { return faults_; }
  void NoteFault(int id, Time now);

  // Oldest first; empty for unknown streams.
  const std::vector<Fragment>& FragmentsOf(const std::string& stream) const;
  StreamTotals TotalsOf(const std::string& stream) const;
  // Over all streams.
  StreamTotals Totals() const;
  std::size_t open_sessions() const { return open_.size(); }
  // Members of the answer of GET /_local/stats.
  JsonObject Stats(Time now);
  // Forgets streams, fragments, faults, counters. Open sessions go on until they end.
  void Reset();

  // Writes an event; `members` after time and name.
  void LogEvent(std::string_view event, const JsonObject& members, Time now);

 private:
  struct StreamRecord {
    explicit StreamRecord(const ServiceConfig& config)
        : put_media(config.put_media_tps), fragments_per_second(config.fragment_rate) {}

    StreamTotals totals;
    std::vector<Fragment> fragments;
    std::map<std::int64_t, std::string> number_of_producer_time;
    std::size_t open_sessions = 0;
    RateWindow put_media;
    RateWindow fragments_per_second;
  };
  struct ApiCount {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
  };

  std::string NewFragmentNumber(Time now) override;
  RateWindow* FragmentRateOf(const std::string& stream) override;
  bool FaultActive(int fault, Time now) const override;
  Time FaultChange(int fault, Time now) const override;
  bool CountFaultFragment(int fault) override;
  void OnFaultActed(int fault, const PutMediaSession& session) override;
  void OnFrame(const PutMediaSession& session, const FrameInfo& frame) override;
  void OnAck(const PutMediaSession& session, const Ack& ack, bool delivered) override;
  void OnFragmentStored(const PutMediaSession& session, Fragment& fragment) override;
  void OnFragmentDiscarded(const PutMediaSession& session, const Fragment& fragment,
                           std::string_view reason) override;
  void OnMediaProblem(const PutMediaSession& session, int error_id,
                      std::string_view detail) override;
  void OnQuota(const std::string& stream, std::string_view quota) override;
  void OnSessionEnd(const PutMediaSession& session) override;
  void OnSessionGone(const PutMediaSession& session) override;

  StreamRecord& RecordOf(const std::string& stream);
  // The answer of faults, and the refusal of signature and quotas, in this order.
  std::optional<ApiAnswer> RefusalBeforeCall(std::string_view api, const std::string& stream,
                                             const CallContext& context, Time now);
  bool WithinControlQuota(std::string_view api, const std::string& stream, Time now);
  Hold HoldOf(std::string_view api, const std::string& stream, Time now);
  void NoteCall(std::string_view api, const std::string& stream, const ApiAnswer& answer,
                const CallContext& context, Time now);
  std::variant<SessionRequest, ApiError> CheckPutMedia(const PutMediaHeaders& headers, Time now);
  std::unique_ptr<PutMediaSession> StartSession(SessionRequest request, const CallContext& context,
                                                Time now);
  void EndSessionsOf(const std::string& stream, Time now);

  const ServiceConfig config_;
  EventSink events_;
  StreamRegistry registry_;
  FaultBook faults_;
  Time now_{};  // of the last call, for the callbacks of sessions
  std::map<std::string, StreamRecord> records_;
  std::map<std::pair<std::string, std::string>, RateWindow> control_windows_;  // api, stream or ""
  std::map<std::string, ApiCount, std::less<>> api_counts_;
  std::map<std::uint64_t, PutMediaSession*> sessions_;  // every living one
  std::set<std::uint64_t> open_;                        // those that have not ended
  std::uint64_t last_session_ = 0;
  std::uint64_t last_fragment_ = 0;
  std::uint64_t faults_triggered_ = 0;
};

// "1700000000.123" as milliseconds; none when it is not a decimal number of seconds.
std::optional<std::int64_t> ParseSeconds(std::string_view text);

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_LOCAL_SERVICE_H_
