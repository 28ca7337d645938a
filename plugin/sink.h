#ifndef KVS_PLUGIN_SINK_H_
#define KVS_PLUGIN_SINK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "kvs/producer.h"
#include "kvs/status.h"
#include "kvs/stream.h"
#include "pic/base/mutex.h"
#include "plugin/episodes.h"
#include "plugin/gst_log.h"
#include "plugin/messages.h"
#include "plugin/metadata.h"
#include "plugin/settings.h"
#include "plugin/sink_pad.h"
#include "plugin/timestamps.h"

// The element, without GObject. gstkvssink.cc makes one per instance and passes its calls on.
//
// Threads:
//   state changes    Prepare, Start, SetPlaying, Stop, Release: whoever sets the state; GStreamer
//   lets
//                    one in at a time
//   streaming        Chain and serialised events: one thread per pad, under the pad's stream lock
//   any              flushes, pad requests and releases, properties
//   callback thread  OnStreamEvent
// `mutex_` guards what they share. It is not held while anything is posted or emitted, nor during
// PutFrame, which may wait. Other calls into the stream are made under it: they return at once, and
// the library calls the listener without a lock of its own, so the order is mutex_, then the
// stream's.
namespace kvs::plugin {

class Sink {
 public:
  using ProducerFactory = std::function<Result<std::shared_ptr<Producer>>(ProducerConfig)>;

  // What the element needs of the world; replaced in tests.
  struct Hooks {
    ProducerFactory create_producer;
    // Makes the sink of the property log-config.
    std::function<Result<std::shared_ptr<LogSink>>(const std::string& path)> open_log_file;
    Surroundings surroundings;
    std::function<WallTime()> wall_now;
    std::function<MonoTime()> mono_now;
    static Hooks OfProcess();
  };

  // `element` owns this object.
  explicit Sink(GstElement* element);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  // Only while the element is in NULL.
  void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }
  const Hooks& hooks() const { return hooks_; }

  void SetProperty(guint id, const GValue* value);
  void GetProperty(guint id, GValue* value);

  // Null, with a warning in the log, when there are as many pads as a stream can have tracks, or
  // the name is taken.
  GstPad* RequestPad(GstPadTemplate* templ, const gchar* name);
  void ReleasePad(GstPad* pad);

  // NULL to READY: checks the settings. READY to PAUSED: opens the stream. Neither waits for the
  // network. False when an error was posted.
  bool Prepare();
  bool Start();
  // The signals trigger (`on`) and untrigger. Whether it changed something. The switch is the
  // element's: what it says before a stream runs counts when one does, and so over a restart.
  // Thread: any.
  bool Switch(bool on);
  // Between PAUSED and PLAYING. An EOS that was reached in PAUSED is posted once PLAYING.
  void SetPlaying(bool playing);
  // PAUSED to READY, after the pads were deactivated: the upload goes on behind, at most for
  // stop-stream-timeout.
  void Stop();
  // READY to NULL.
  void Release();

  // Of a pad, by GStreamer.
  GstFlowReturn Chain(SinkPad& pad, GstBuffer* buffer);
  gboolean HandleEvent(SinkPad& pad, GstEvent* event);
  void SetActive(SinkPad& pad, bool active);
  void OnUnlinked();

  // From the listener of the stream with this generation; `name` and `service` are that stream's.
  void OnStreamEvent(std::uint64_t generation, const std::string& name, const std::string& service,
                     StreamStory& story, const StreamEvent& event);

  // Of GStreamer: a query of the element, and of a pad. Neither waits; an element query that is
  // not answered here is for the elements in front.
  bool AnswerQuery(GstQuery* query);
  gboolean HandlePadQuery(SinkPad& pad, GstQuery* query);

 private:
  enum class EosState : std::uint8_t {
    kNone,      // media is expected
    kDraining,  // all pads are at EOS, the upload is not finished
    kReached,   // the message can be posted, in PLAYING
    kPosted,
  };

  // A track of the running stream. Stays when its pad is released, for the next pad of this type.
  struct Slot {
    std::uint32_t track_id = 0;
    TrackType type = TrackType::kVideo;
    std::string name;
    SinkPad* pad = nullptr;
    bool is_announced = false;  // the stream waits for it, or has it
    bool is_set = false;
    Track track;
    std::string media_type;
  };

  // What exists only between READY and PAUSED or above.
  struct Running {
    std::uint64_t generation = 0;
    std::shared_ptr<Producer> producer;
    std::shared_ptr<Stream> stream;
    std::string name;
    std::string service;
    TimestampRules times;
    Duration stop_timeout;
    Duration drain_timeout;
    Duration buffer_duration;
    Duration retention;
    bool offline = false;
    bool acks = true;
    bool has_switch = false;  // it has a pre-roll
    std::optional<std::string> codec_id;
    std::string video_track_name;
    std::vector<Slot> slots;
    TimeAnchor anchor;
    PadCounters counters;
    FragmentEvents fragment_events;
    LossEpisodes losses;
    OutageWatch outage;
    std::vector<PlaybackLimit> told_limits;
    bool few_key_frames = false;
    // Rises when the stream goes on with a key frame only, or sooner with one.
    std::uint64_t key_frames_wanted = 0;
    std::uint64_t frames_accepted = 0;
    bool emits_metrics = false;
    bool failed = false;
    bool stream_is_flushing = false;
    bool was_connected = false;
    bool told_unreachable = false;
    bool credentials_fail = false;  // and a WARNING says so
    EosState eos = EosState::kNone;
    guint32 eos_seqnum = 0;
    // While nothing was put after EOS: when the time for stopping is over; it began at EOS.
    std::optional<MonoTime> stop_deadline;
  };

  // What is left of the last run, for `stats`: in READY the stream itself, in NULL what it said last.
  struct LastRun {
    std::shared_ptr<Stream> stream;
    std::shared_ptr<Producer> producer;
    StreamMetrics metrics;
    ProducerMetrics producer_metrics;
    PadCounters counters;
  };

  // What the streaming thread works with; a copy, so that no lock is held meanwhile.
  struct Handle {
    std::shared_ptr<Producer> producer;
    std::shared_ptr<Stream> stream;
    std::uint64_t generation = 0;
    bool offline = false;
    GstFlowReturn flow = GST_FLOW_OK;  // anything else: the buffer is not to be handled
  };

  // Pads and frames (sink_pads.cc).
  Handle HandleFor(SinkPad& pad) KVS_EXCLUDES(mutex_);
  Status SetTrack(SinkPad& pad, const Handle& handle) KVS_EXCLUDES(mutex_);
  bool OnCaps(SinkPad& pad, GstCaps* caps) KVS_EXCLUDES(mutex_);
  void OnFlushStop(SinkPad& pad, bool reset_time) KVS_EXCLUDES(mutex_);
  void OnEos(SinkPad& pad, guint32 seqnum) KVS_EXCLUDES(mutex_);
  void OnStreamStart(SinkPad& pad) KVS_EXCLUDES(mutex_);
  void OnGap(SinkPad& pad) KVS_EXCLUDES(mutex_);
  // The events kvs-add-metadata and kvs-add-event.
  void OnAddToFragment(const GstStructure& structure) KVS_EXCLUDES(mutex_);
  // The properties image-generation and notification: what goes with the fragment that `frame` begins.
  void PutFragmentEvents(SinkPad& pad, const Handle& handle, const Frame& frame)
      KVS_EXCLUDES(mutex_);
  bool IsFrame(SinkPad& pad, GstBuffer* buffer) KVS_EXCLUDES(mutex_);
  GstFlowReturn StoreFrame(SinkPad& pad, const Handle& handle, GstBuffer* buffer)
      KVS_EXCLUDES(mutex_);
  GstFlowReturn Put(SinkPad& pad, const Handle& handle, const Frame& frame) KVS_EXCLUDES(mutex_);
  // After a frame was stored.
  void OnStored(SinkPad& pad, const Handle& handle, const Frame& frame) KVS_EXCLUDES(mutex_);
  void AskForKeyFrame(SinkPad& pad, const Frame& frame) KVS_EXCLUDES(mutex_);
  bool WaitWhileOthersFlush(SinkPad& pad, std::uint64_t generation) KVS_EXCLUDES(mutex_);
  void SetPadFlushing(SinkPad& pad, bool flushing) KVS_EXCLUDES(mutex_);
  void Count(SinkPad& pad, std::uint64_t PadCounters::*counter, const char* what)
      KVS_EXCLUDES(mutex_);
  Slot* AssignSlot(SinkPad& pad) KVS_REQUIRES(mutex_);
  Slot* SlotOf(const SinkPad& pad) KVS_REQUIRES(mutex_);
  // Whether fragments begin at key frames of this type: video, and audio where there is no video.
  bool Leads(TrackType type) const KVS_REQUIRES(mutex_);
  // The pad is no more; its slot is free for the next.
  void Forget(SinkPad& pad) KVS_EXCLUDES(mutex_);
  // The other tracks wait for this one, but not for long.
  void Announce(Slot& slot) KVS_REQUIRES(mutex_);
  // They no longer do.
  void EndTrack(const SinkPad& pad) KVS_REQUIRES(mutex_);
  void UpdateFlushing() KVS_REQUIRES(mutex_);

  // EOS, failure and the library's events (sink_events.cc).
  void CheckEos() KVS_EXCLUDES(mutex_);
  void PostEosIfDue() KVS_EXCLUDES(mutex_);
  void Fail(std::uint64_t generation, const std::string& name, const Status& status)
      KVS_EXCLUDES(mutex_);
  void Tell(std::uint64_t generation, const std::string& name, StreamStory& story,
            const StreamEvent& event) KVS_EXCLUDES(mutex_);
  void NoteConnection(std::uint64_t generation, const StreamEvent& event) KVS_EXCLUDES(mutex_);
  bool WasStale(std::uint64_t generation, StreamStory& story, const StreamEvent& event)
      KVS_EXCLUDES(mutex_);
  // Warnings that are due although nothing happens: of outages that last and losses that are over.
  void TellEpisodes() KVS_EXCLUDES(mutex_);
  void TellEndedLosses(const std::string& name, const std::vector<LossEpisodes::Ended>& ended);
  // What will not play, when all tracks are known; with `now`, of those that are.
  void TellPlaybackLimits(std::uint64_t generation, bool now) KVS_EXCLUDES(mutex_);
  void OnDisconnected(std::uint64_t generation, const std::string& name, const std::string& service,
                      const Disconnected& event) KVS_EXCLUDES(mutex_);
  void OnCredentialsFailing(std::uint64_t generation, const std::string& name,
                            const CredentialsFailing& event) KVS_EXCLUDES(mutex_);
  void OnCredentialsRenewed(std::uint64_t generation, const std::string& name,
                            const CredentialsRenewed& event) KVS_EXCLUDES(mutex_);
  // Asks for a key frame, unless one came after what was lost.
  void WantKeyFrame(MediaTime lost) KVS_REQUIRES(mutex_);
  void OnFramesLost(std::uint64_t generation, const std::string& name, const FramesLost& event)
      KVS_EXCLUDES(mutex_);
  void OnDrained(std::uint64_t generation, const std::string& name, const Drained& event)
      KVS_EXCLUDES(mutex_);
  void EmitFragmentAck(const FragmentAcked& event);

  // Queries (sink_queries.cc).
  bool UpstreamIsLive() KVS_EXCLUDES(mutex_);

  bool Refuse(const Status& status);
  // Where the library's records go: GST_DEBUG, and the file of log-config.
  std::shared_ptr<LogSink> OpenLog() KVS_EXCLUDES(settings_mutex_, mutex_);
  // What the element itself says goes to GST_DEBUG by GStreamer's macros. This is for the file of log-config.
  void LogToFile(LogLevel level, const std::string& text) KVS_EXCLUDES(settings_mutex_, mutex_);
  Result<Resolved> ResolveNow(bool say_notes) KVS_EXCLUDES(settings_mutex_, mutex_);
  std::string ContentType() KVS_EXCLUDES(mutex_);

  const GstLogUser log_user_;
  // Constant after construction; hooks_ while in NULL.
  GstElement* const element_;
  Hooks hooks_;

  // State changes only.
  std::shared_ptr<Producer> producer_;
  std::uint64_t producer_settings_serial_ = 0;

  Mutex settings_mutex_;
  Settings settings_ KVS_GUARDED_BY(settings_mutex_);
  // Rises with every change of a property.
  std::uint64_t settings_serial_ KVS_GUARDED_BY(settings_mutex_) = 1;

  Mutex mutex_;
  Condition flushing_changed_;
  std::vector<SinkPad*> pads_ KVS_GUARDED_BY(mutex_);  // in the order of their requests
  std::optional<Running> running_ KVS_GUARDED_BY(mutex_);
  LastRun last_run_ KVS_GUARDED_BY(mutex_);
  std::uint64_t last_generation_ KVS_GUARDED_BY(mutex_) = 0;
  // Of log-config; null: none.
  std::shared_ptr<LogSink> log_file_ KVS_GUARDED_BY(mutex_);
  bool playing_ KVS_GUARDED_BY(mutex_) = false;
  bool triggered_ KVS_GUARDED_BY(mutex_) = false;
};

// The Sink inside a kvssink element.
Sink* SinkOf(GstElement* element);

}  // namespace kvs::plugin

#endif  // KVS_PLUGIN_SINK_H_
