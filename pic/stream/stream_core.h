#ifndef KVS_PIC_STREAM_STREAM_CORE_H_
#define KVS_PIC_STREAM_STREAM_CORE_H_

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "kvs/frame.h"
#include "kvs/metadata.h"
#include "kvs/metrics.h"
#include "kvs/stream_config.h"
#include "kvs/stream_events.h"
#include "kvs/track.h"
#include "pic/base/clock.h"
#include "pic/base/log.h"
#include "pic/store/fragment_index.h"
#include "pic/store/memory_store.h"
#include "pic/stream/fragmenter.h"
#include "pic/stream/interleaver.h"
#include "pic/stream/loss_reporter.h"
#include "pic/stream/metadata_queue.h"
#include "pic/stream/pre_roll.h"
#include "pic/stream/pressure.h"
#include "pic/stream/retry_policy.h"
#include "pic/stream/stream_machine.h"
#include "pic/stream/stream_meter.h"
#include "pic/stream/time_mender.h"
#include "pic/stream/track_adapter.h"
#include "pic/stream/upload_session.h"

namespace kvs {

// One stream, whole, without a thread, a socket or a clock: frames, answers of the service and the time come in; bytes, calls
// to make and events for the user come out. The producer runs it on a network, the simulator on a virtual one.
//
// After each call that is not const, the shell takes the actions and the events, and looks at the deadline.
// Thread: the shell holds the stream's mutex during every call.
class StreamCore {
 public:
  struct Options {
    StreamConfig config;
    std::shared_ptr<BlockPool> pool;   // shared by the streams of a producer
    std::uint64_t seed = 0;            // of the back-off's jitter and of the segment's UID
    std::string app;                   // MuxingApp and WritingApp
    std::size_t max_frames = 1 << 20;  // records of frames in memory: bounds the index
    LogSink* log = nullptr;            // not owned; outlives the core
  };

  // How long a service may take to end its answer after the last byte of the request, when nothing else is owed. A connection
  // that died without a word would be held for ever.
  static constexpr Duration kEndOfAnswer = Duration::Seconds(30);

  // What the shell has to do, in order. Answers come back through the On… methods.
  struct MakeCall {
    machine::Call call;
  };
  struct OpenSession {
    std::uint64_t session;
    WallTime start;  // x-amzn-producer-start-timestamp
  };
  struct WakeSession {  // Pull has something again
    std::uint64_t session;
  };
  struct AbortSession {  // break the connection off; no OnSessionEnded is owed
    std::uint64_t session;
  };
  struct RefreshCredentials {};  // those in use were refused
  using Action = std::variant<MakeCall, OpenSession, WakeSession, AbortSession, RefreshCredentials>;

  explicit StreamCore(Options options);
  StreamCore(const StreamCore&) = delete;
  StreamCore& operator=(const StreamCore&) = delete;

  // From the user (see kvs/stream.h).
  Status ExpectTrack(std::uint32_t id, Now now);
  Status SetTrack(const Track& track, Now now);
  void EndTrack(std::uint32_t id, Now now);
  struct PutOutcome {
    Status status;
    bool wait_for_room = false;  // offline, and full: nothing was stored; put it again when there is room
  };
  PutOutcome PutFrame(const Frame& frame, Now now);
  Status PutMetadata(FragmentMetadata metadata);
  Status PutEvent(const MediaEvent& event);
  // A second `stop` can only bring the deadline forward.
  void Drain(Duration timeout, bool stop, Now now);
  bool Trigger(Now now);
  bool Untrigger(Now now);
  Status EndFragment(Now now);
  void Reconnect(Now now);

  // From the service.
  void OnDescribed(machine::ServiceState state, Now now);
  void OnCallDone(Now now);
  void OnCallFailed(Status status, Duration retry_after, Now now);
  void OnStreamCreated(std::string arn);
  // The credentials that the request of a session was signed with stop being good then; none: never.
  void OnSessionSigned(std::uint64_t session, std::optional<WallTime> credentials_expire, Now now);
  void OnSessionConnected(std::uint64_t session, Now now);
  // The next bytes of a session's body. An unknown session (ended meanwhile) gets kMismatch: break it off.
  UploadSession::Pulled Pull(std::uint64_t session, std::span<std::uint8_t> out, Now now);
  void OnAckBytes(std::uint64_t session, std::span<const std::uint8_t> bytes, Now now);
  // `status`: OK for an answer of 200 that ended; anything else for a refusal or a broken connection.
  void OnSessionEnded(std::uint64_t session, Status status, Duration retry_after, Now now);

  void OnTimer(Now now);
  // When OnTimer has something to do; none when only a call can change something.
  std::optional<MonoTime> deadline() const;

  // `memory`: empty, for those that come next.
  std::vector<Action> TakeActions(std::vector<Action> memory = {});
  std::vector<StreamEvent> TakeEvents();
  bool HasActions() const { return !actions_.empty(); }

  StreamMetrics metrics(MonoTime now) const;
  const StreamConfig& config() const { return options_.config; }
  // OK, or why the stream cannot go on.
  const Status& failure() const { return failure_; }
  // What failed last, whether or not it was tried again since.
  const Status& last_failure() const { return last_failure_; }
  // StreamReady was told.
  bool was_ready() const { return was_ready_; }
  // Stop was asked for: no frame is taken any more.
  bool stopping() const { return stopping_; }
  // The end: Stopped was told, nothing is owed to anybody.
  bool closed() const { return closed_; }
  // "video/h264,audio/aac": what CreateStream is told.
  std::string content_type() const;
  const machine::State& state() const { return state_; }

 private:
  struct Slot {  // a track
    std::uint32_t id = 0;
    TrackAdapter adapter;
    bool known = false;      // SetTrack was called
    bool needs_key = false;   // what comes before the next key frame cannot be decoded
    bool overflowed = false;  // the same, for what is filed: a frame before it had no place in a fragment
    bool from_key = false;    // the same: frames before it were never triggered
  };
  struct Live {  // a connection
    std::unique_ptr<UploadSession> upload;
    MonoTime opened;
    MonoTime rotate_at;
    bool connected = false;
    std::optional<MonoTime> body_ended;
    std::optional<MonoTime> unacked_since;
  };
  struct Draining {
    std::uint64_t until = 0;  // fragments before this one
    MonoTime deadline;
  };

  // stream_core_media.cc: frames in
  Slot* FindSlot(std::uint32_t id);
  Slot& AddSlot(std::uint32_t id);
  void Publish(std::size_t position);
  // OK while something may still be put.
  Status Takes() const;
  PutOutcome Admit(const Frame& frame, Now now);
  PutOutcome Store(Slot& slot, const Frame& frame, std::span<const AdaptedFrame> adapted, Now now);
  void GiveBack();
  void Push(const Slot& slot, const Frame& frame, const AdaptedFrame& adapted, const FrameRef& ref, Now now);
  enum class Room : std::uint8_t { kThere, kWait, kNone };
  Room MakeRoom(const Status& store_status);
  bool WindowFull() const;
  bool Evict();
  void FileInOrder(MonoTime now);
  void FileAll();
  // On its way out of the interleaver: to a fragment, or to be kept for a trigger.
  void Route(PendingFrame pending);
  bool MayBegin(const PendingFrame& pending) const;
  void NoteBegin(MediaTime pts);
  void FileKept();
  void GiveUpKept();
  void ForgetSurplus();
  void FinishFragment();
  void CloseFragment();
  void File(PendingFrame pending);
  void OpenFragment(const PendingFrame& pending, std::int64_t timecode);
  Fragmenter::Cut Place(const PendingFrame& pending, std::int64_t timecode);
  std::int64_t Timecode(MediaTime pts) const;
  MediaTime TimeOf(std::int64_t timecode) const;
  const Slot* LeadingVideo() const;
  bool Leads(const Slot& slot) const;
  void SkipToKeyFrames();
  std::uint64_t& LossCounter(LossReason reason);
  void LoseFrames(LossReason reason, const Frame& frame, std::size_t frames, Status detail = {});
  void TellLost(LossReason reason, std::uint32_t track_id, MediaTime pts, bool begins_fragment = false);
  void LosePending(LossReason reason, const PendingFrame& pending, Status detail = {});
  void NotTriggered(const PendingFrame& pending);
  void LoseFragment(std::uint64_t number, LossReason reason, Status detail = {});
  // All that is not done, because the stream ends.
  void LoseRest(const Status& reason);

  // stream_core_sessions.cc: bytes out, acks in
  Live* FindLive(std::uint64_t session);
  void StartSession(Now now);
  void WakeAll();
  void EndCurrent(Now now);
  void HandOver(const Live& live, Now now);
  void Abort(std::uint64_t session, Now now);
  void RollBack(std::uint64_t session, bool host_alive);
  void OnAck(Live& live, const FragmentAck& ack, Now now);
  void OnErrorAck(Live& live, const FragmentAck& ack, Now now);
  void Persisted(std::uint64_t number);
  void CloseBooks(const Live& live, Now now);
  bool AwaitsAck(const Live& live) const;
  void AfterAcks(Live& live);
  void CheckSessions(Now now);
  // Breaks a session off that says nothing any more; `why` goes into the failure.
  void GiveUp(std::uint64_t session, const std::string& why, Now now);

  // stream_core.cc: control
  void Run(const machine::Event& event, Now now, Duration retry_after = {});
  void Pump(Now now);
  void Fail(Status status, Now now);
  StatusCode FailureCode();
  // Of the call under way; of sessions when there is none.
  RetryPolicy& Retries();
  // When nobody has put frames for too long; none when nothing is kept open for more.
  std::optional<MonoTime> idle_at() const;
  void CallAnswered(Now now);
  void BackOff(RetryPolicy& policy, bool calling, Duration at_least, Now now);
  void CheckPressure();
  void ReportDisconnected(bool calling, Duration retry_in);
  void ReportLosses(Now now, bool all);
  void CheckDrain(Now now);
  void CheckFinished(Now now);
  void FinishDrain(bool complete, Now now);
  void CloseIfDone(Now now);
  void Emit(StreamEvent event) { events_.push_back(std::move(event)); }
  void Tell(LogLevel level, const std::string& text) const { log_.Write(level, text); }

  // Constant after construction.
  const Options options_;
  const Logger log_;
  const Fragmenter fragmenter_;
  const std::int64_t units_per_second_;
  mkv::SegmentInfo segment_;

  MemoryStore store_;
  FragmentIndex index_;
  Interleaver interleaver_;
  PreRoll pre_roll_;
  MonoTime triggered_at_;
  bool finishing_ = false;  // untriggered, and what was triggered is not all told about
  bool apart_ = false;      // the next fragment does not follow the one before
  std::optional<MediaTime> noted_begin_;  // the last frame that was told to metadata_ as the begin of a fragment
  bool worked_ = false;                   // the service has answered a call
  std::optional<MediaTime> kept_video_until_;  // the time of the last picture that was kept
  std::vector<Slot> slots_;
  std::shared_ptr<const TrackSet> tracks_;
  std::uint32_t next_version_ = 1;
  std::int64_t fragment_floor_ = 0;  // the lowest time code that a frame of the open fragment may have
  TimeMender mender_;
  MetadataQueue metadata_;
  std::optional<WallTime> epoch_;    // the wall time of media time zero
  MonoTime last_put_;

  machine::State state_;
  std::array<RetryPolicy, machine::kCalls> call_retries_;  // by machine::Call
  RetryPolicy session_retries_;
  RetryBudget retry_budget_;
  int tries_ = 0;  // calls and sessions since the last back-off
  Duration poll_;  // the wait before the last look at a stream that is not active yet
  MonoTime call_began_;
  std::optional<MonoTime> backoff_until_;
  Duration backoff_;
  Status last_failure_;
  Status failure_;
  bool was_ready_ = false;
  int refusals_ = 0;  // since something last worked
  std::optional<StatusCode> outage_;  // the reason that Disconnected told last; none while connected

  std::vector<Live> sessions_;
  std::uint64_t current_ = 0;  // the session that takes new fragments; 0: none
  std::uint64_t last_session_ = 0;
  std::optional<MonoTime> next_session_at_;  // sessions are not opened closer than the service allows

  std::optional<Draining> draining_;
  bool stopping_ = false;
  bool closed_ = false;
  std::optional<MonoTime> close_at_;  // sessions that have not ended by then are broken off

  bool news_ = false;  // waiting sessions may have something to send
  LossReporter losses_;
  std::array<PressureSwitch, 3> pressures_;  // by PressureKind
  StreamMetrics counts_;
  StreamMeter meter_;
  std::vector<Action> actions_;
  std::vector<StreamEvent> events_;
  std::vector<FragmentAck> acks_;  // scratch
  std::vector<FrameRef> refs_;     // the same
};

}  // namespace kvs

#endif  // KVS_PIC_STREAM_STREAM_CORE_H_
