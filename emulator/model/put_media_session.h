#ifndef KVS_EMULATOR_MODEL_PUT_MEDIA_SESSION_H_
#define KVS_EMULATOR_MODEL_PUT_MEDIA_SESSION_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/model/ack.h"
#include "emulator/model/ack_stream.h"
#include "emulator/model/faults.h"
#include "emulator/model/fragment.h"
#include "emulator/model/fragment_assembler.h"
#include "emulator/model/quotas.h"
#include "emulator/model/session_host.h"
#include "emulator/model/time.h"

namespace kvs::emulator {

struct SessionConfig {
  MediaLimits media;
  Duration buffering_delay{};
  Duration received_delay{};
  Duration persisted_delay{};  // after RECEIVED
  Duration idle_ack_interval = std::chrono::seconds(5);
  Duration idle_timeout = std::chrono::seconds(30);
  Duration session_limit = std::chrono::minutes(45);
  bool keep_open_after_error = false;
  bool fragment_rate_is_error = false;  // else reading pauses
  std::uint64_t bytes_per_second = 0;   // 0: no limit
  bool keep_media = true;               // hold the bytes of fragments until they are taken
  bool tell_frames = false;             // each to the host, when its last byte has come
};

struct SessionRequest {
  std::string stream;
  std::uint64_t session = 0;         // over all streams, from 1
  std::uint64_t stream_session = 0;  // in its stream, from 1
  bool stream_active = true;
  bool persists = true;  // the stream has retention
  TimecodeBase timecodes;
  bool acks_wanted = true;
};

// One PutMedia session, without sockets: bytes and times in; acks and stored fragments out.
//
//   session.Start(now);
//   loop: session.Feed(bytes, now) | EndOfBody(now) | ConnectionLost(now) | Tick(now)
//         store(session.TakeFragments(now));   // before the acks, which promise it
//         send(session.TakeAcks(now));
//         if (session.finished()) end the connection as end_kind() says;
//         wait for bytes (at most ReadCredit(now) of them) or until NextDeadline(now)
//   until finished() and drained().
//
// Times must not go back. Not synchronised. `host` outlives the session.
class PutMediaSession : private FragmentAssembler::Listener {
 public:
  PutMediaSession(SessionHost& host, const SessionConfig& config, SessionRequest request);
  ~PutMediaSession() override;
  PutMediaSession(const PutMediaSession&) = delete;
  PutMediaSession& operator=(const PutMediaSession&) = delete;

  // Before the first byte of the response.
  void Start(Time now);
  // Bytes of the body, without the chunked coding. Ignored once the session ends.
  void Feed(Bytes data, Time now);
  // The body ended as it should.
  void EndOfBody(Time now);
  // The connection is gone. What is complete will still be persisted.
  void ConnectionLost(Time now);
  // The stream was deleted.
  void StreamDeleted(Time now);
  // The service goes down in order.
  void Shutdown(Time now);
  // Timers. Harmless at any time.
  void Tick(Time now);

  // How many bytes may be read now; 0 means none before NextDeadline.
  std::size_t ReadCredit(Time now);
  // When Tick is due next; kForever when only an event can change something.
  Time NextDeadline(Time now);

  // The fragments to store by `now`, oldest first. Ask before TakeAcks. kForever flushes.
  std::vector<Fragment> TakeFragments(Time now);
  // A fragment of TakeFragments could not be stored: its PERSISTED becomes an ERROR ack.
  void FragmentNotStored(const std::string& number, Time now);
  // The acks due by `now` as they go on the wire, each piece a write of its own.
  std::vector<std::string> TakeAcks(Time now);

  // The response is complete: nothing more to send.
  bool finished() const;
  // How to end the connection, once finished().
  EndKind end_kind() const { return end_kind_; }
  // "end_of_body", "error_ack", "idle", "session_limit", "connection_lost", "fault", "shutdown",
  // "stream_deleted"; empty while it goes on.
  std::string_view end_reason() const { return end_reason_; }
  // No fragment is left to be stored.
  bool drained() const { return fragments_.empty(); }
  // The body was read to its clean end, so that the connection can carry another request.
  bool body_complete() const { return body_complete_; }

  const SessionRequest& request() const { return request_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t fragments_complete() const { return fragments_complete_; }
  std::uint64_t acks_sent() const { return acks_.sent(); }

  // A fault for this session, from the host; it counts from now on.
  void AddFault(int id, const Fault& fault, Time now);
  // Called when something changed outside of the calls above, so that the owner looks again.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  void Wake() const {
    if (wake_) {
      wake_();
    }
  }
  // The time of the last call.
  Time now() const { return now_; }

 private:
  enum class Phase : std::uint8_t { kOpen, kEnding };

  struct ArmedFault {
    int id = 0;
    Fault fault;
    std::uint64_t base_bytes = 0;
    std::uint64_t base_fragments = 0;
    bool acted = false;
    ByteBudget budget;  // kSlowRead
  };
  struct DueFragment {
    Time due;
    Fragment fragment;
  };

  bool OnFragmentBegin(Fragment& fragment) override;
  void OnFrame(const FrameInfo& frame) override;
  bool OnFragmentComplete(Fragment fragment) override;
  bool OnMediaError(int error_id, const std::string& detail, const Fragment* fragment,
                    bool can_continue) override;

  void End(EndKind kind, std::string_view reason, Time now);
  void SendError(int error_id, std::string_view code, const Fragment* fragment, Time now);
  void EndWithError(int error_id, std::string_view reason, Time now);
  void Act(ArmedFault& armed);
  bool Active(const ArmedFault& armed, Time now) const { return host_.FaultActive(armed.id, now); }
  // Bytes until the next byte fault; SIZE_MAX when there is none.
  std::size_t BytesUntilFault(Time now) const;
  void CheckByteFaults(Time now);
  void CheckTimers(Time now);
  bool Frozen(Time now);
  ArmedFault* FaultOnFragment();
  void CheckFragmentCountFaults(Time now);

  SessionHost& host_;
  const SessionConfig config_;
  const SessionRequest request_;
  FragmentAssembler assembler_;
  AckStream acks_;
  std::function<void()> wake_;

  Phase phase_ = Phase::kOpen;
  EndKind end_kind_ = EndKind::kGraceful;
  std::string_view end_reason_;
  bool body_complete_ = false;
  bool connection_gone_ = false;

  Time now_{};
  Time started_{};
  Time last_data_{};
  Time next_idle_ack_{};
  bool was_frozen_ = false;  // since the timers were last looked at
  Time paused_until_{};  // by the fragment rate
  ByteBudget budget_;
  std::uint64_t bytes_ = 0;
  std::uint64_t fragments_complete_ = 0;
  std::deque<ArmedFault> faults_;
  std::deque<DueFragment> fragments_;
  // The fault which wants an error for the fragment at hand.
  const ArmedFault* fragment_fault_ = nullptr;
};

}  // namespace kvs::emulator

#endif  // KVS_EMULATOR_MODEL_PUT_MEDIA_SESSION_H_
