#include "plugin/sink.h"

#include <algorithm>
#include <utility>

#include "pic/base/log.h"
#include "plugin/caps.h"
#include "plugin/error_map.h"
#include "plugin/gst_log.h"
#include "plugin/properties.h"

#define GST_CAT_DEFAULT ::kvs::plugin::SinkCategory()

namespace kvs::plugin {
namespace {

constexpr std::int64_t kNanosPerMicro = 1000;

// Passes the library's events on for as long as the element exists. Outlives the stream's place in
// the element: what a stopped stream says while it drains is still told, under its own generation.
class Listener final : public StreamListener {
 public:
  Listener(GstElement* element, std::uint64_t generation, std::string name, std::string service,
           StreamStory story)
      : generation_(generation),
        name_(std::move(name)),
        service_(std::move(service)),
        story_(std::move(story)) {
    g_weak_ref_init(&element_, element);
  }
  ~Listener() override { g_weak_ref_clear(&element_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void OnStreamEvent(const StreamEvent& event) override {
    const ElementPtr element(static_cast<GstElement*>(g_weak_ref_get(&element_)));
    if (element != nullptr) {
      SinkOf(element.get())->OnStreamEvent(generation_, name_, service_, story_, event);
    }
  }

 private:
  GWeakRef element_{};
  const std::uint64_t generation_;
  const std::string name_;
  const std::string service_;
  StreamStory story_;  // callback thread only
};

}  // namespace

Sink::Hooks Sink::Hooks::OfProcess() {
  Hooks hooks;
  hooks.create_producer = [](ProducerConfig config) { return Producer::Create(std::move(config)); };
  hooks.open_log_file = [](const std::string& path) { return MakeLog4cplusFileSink(path); };
  hooks.surroundings = Surroundings::OfProcess();
  hooks.wall_now = [] { return WallTime::FromNanos(g_get_real_time() * kNanosPerMicro); };
  hooks.mono_now = [] { return MonoTime::FromNanos(g_get_monotonic_time() * kNanosPerMicro); };
  return hooks;
}

Sink::Sink(GstElement* element) : element_(element), hooks_(Hooks::OfProcess()) {}

Sink::~Sink() = default;

// Properties -------------------------------------------------------------------------------------

void Sink::SetProperty(guint id, const GValue* value) {
  const PropertyRow* row = PropertyOf(id);
  if (row == nullptr) {
    return;
  }
  if (row->no_effect != nullptr) {
    GST_INFO_OBJECT(element_, "property %s is accepted and has no effect: %s", row->name,
                    row->no_effect);
  }
  const MutexLock lock(settings_mutex_);
  StoreProperty(settings_, *row, value);
  ++settings_serial_;
}

void Sink::GetProperty(guint id, GValue* value) {
  const PropertyRow* row = PropertyOf(id);
  if (row == nullptr) {
    return;
  }
  if (std::holds_alternative<StatsProperty>(row->kind)) {
    LastRun run;
    {
      const MutexLock lock(mutex_);
      run = last_run_;
      if (running_.has_value()) {
        run.stream = running_->stream;
        run.producer = running_->producer;
        run.counters = running_->counters;
      }
    }
    if (run.stream != nullptr) {
      run.metrics = run.stream->metrics();
      run.producer_metrics = run.producer->metrics();
    }
    const StructurePtr stats = StatsStructure(run.metrics, run.producer_metrics, run.counters);
    gst_value_set_structure(value, stats.get());
    return;
  }
  {
    const MutexLock lock(settings_mutex_);
    ReadProperty(settings_, *row, value);
  }
  const auto* text = std::get_if<StringProperty>(&row->kind);
  if (text != nullptr && text->member == &Settings::content_type &&
      g_value_get_string(value) == nullptr) {
    if (const std::string made = ContentType(); !made.empty()) {
      g_value_set_string(value, made.c_str());
    }
  }
}

std::string Sink::ContentType() {
  std::string text;
  const MutexLock lock(mutex_);
  if (running_.has_value()) {
    for (const Slot& slot : running_->slots) {
      if (slot.is_set) {
        text += (text.empty() ? "" : ",") + slot.media_type;
      }
    }
  }
  return text;
}

// Pads -------------------------------------------------------------------------------------------

namespace {

GstFlowReturn PadChain(GstPad* pad, GstObject* /*parent*/, GstBuffer* buffer) {
  auto* const own = static_cast<SinkPad*>(gst_pad_get_element_private(pad));
  return own->sink->Chain(*own, buffer);
}

gboolean PadEvent(GstPad* pad, GstObject* /*parent*/, GstEvent* event) {
  auto* const own = static_cast<SinkPad*>(gst_pad_get_element_private(pad));
  return own->sink->HandleEvent(*own, event);
}

gboolean PadQuery(GstPad* pad, GstObject* /*parent*/, GstQuery* query) {
  auto* const own = static_cast<SinkPad*>(gst_pad_get_element_private(pad));
  return own->sink->HandlePadQuery(*own, query);
}

gboolean PadActivateMode(GstPad* pad, GstObject* /*parent*/, GstPadMode mode, gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) {
    return FALSE;
  }
  auto* const own = static_cast<SinkPad*>(gst_pad_get_element_private(pad));
  own->sink->SetActive(*own, active != FALSE);
  return TRUE;
}

void PadUnlinked(GstPad* pad, GstPad* /*peer*/, gpointer /*user_data*/) {
  // Without a parent the pad has outlived its place in the element.
  const ElementPtr parent(gst_pad_get_parent_element(pad));
  if (parent != nullptr) {
    SinkOf(parent.get())->OnUnlinked();
  }
}

// The first free name of a template, e.g. "video_0".
std::string FreeName(GstElement* element, const char* prefix) {
  for (unsigned i = 0;; ++i) {
    std::string name = prefix + std::to_string(i);
    const PadPtr taken(gst_element_get_static_pad(element, name.c_str()));
    if (taken == nullptr) {
      return name;
    }
  }
}

}  // namespace

GstPad* Sink::RequestPad(GstPadTemplate* templ, const gchar* name) {
  const bool is_video = g_str_has_prefix(GST_PAD_TEMPLATE_NAME_TEMPLATE(templ), "video_") != FALSE;
  const char* const prefix = is_video ? "video_" : "audio_";
  std::string pad_name = name == nullptr ? std::string() : std::string(name);
  if (pad_name.empty() || pad_name.find('%') != std::string::npos) {
    pad_name = FreeName(element_, prefix);
  }
  if (const PadPtr taken(gst_element_get_static_pad(element_, pad_name.c_str()));
      taken != nullptr) {
    GST_WARNING_OBJECT(element_, "pad %s was requested, but there already is one of this name",
                       pad_name.c_str());
    return nullptr;
  }
  GstPad* const pad = gst_pad_new_from_template(templ, pad_name.c_str());
  auto own = std::make_unique<SinkPad>(this, pad, is_video ? TrackType::kVideo : TrackType::kAudio);
  bool running = false;
  bool room = true;
  {
    const MutexLock lock(mutex_);
    running = running_.has_value();
    Slot* const slot = running && pads_.size() < kMaxTracks ? AssignSlot(*own) : nullptr;
    room = running ? slot != nullptr : pads_.size() < kMaxTracks;
    if (room) {
      // As old as the others: with the next flush all come to the same epoch.
      for (const SinkPad* other : pads_) {
        own->flush_epoch = std::max(own->flush_epoch, other->flush_epoch);
      }
      pads_.push_back(own.get());
    }
    if (slot != nullptr) {
      Announce(*slot);
    }
  }
  if (!room) {
    GST_WARNING_OBJECT(element_, "pad %s was refused: a stream has at most %u tracks",
                       pad_name.c_str(), static_cast<unsigned>(kMaxTracks));
    const PadPtr unused(GST_PAD(gst_object_ref_sink(pad)));
    return nullptr;
  }
  gst_pad_set_element_private(pad, own.get());
  g_object_set_data_full(G_OBJECT(pad), "kvssink-pad", own.release(), [](gpointer p) {
    const std::unique_ptr<SinkPad> owner(static_cast<SinkPad*>(p));
  });
  gst_pad_set_chain_function(pad, PadChain);
  gst_pad_set_event_function(pad, PadEvent);
  gst_pad_set_query_function(pad, PadQuery);
  gst_pad_set_activatemode_function(pad, PadActivateMode);
  g_signal_connect(pad, "unlinked", G_CALLBACK(PadUnlinked), nullptr);
  if (running) {
    gst_pad_set_active(pad, TRUE);
  }
  const PadPtr kept(GST_PAD(gst_object_ref_sink(pad)));
  if (gst_element_add_pad(element_, pad) == FALSE) {
    // Another thread was given the same name meanwhile.
    Forget(*static_cast<SinkPad*>(gst_pad_get_element_private(pad)));
    return nullptr;
  }
  return pad;
}

void Sink::Forget(SinkPad& pad) {
  const MutexLock lock(mutex_);
  std::erase(pads_, &pad);
  EndTrack(pad);
  if (Slot* const slot = SlotOf(pad); slot != nullptr) {
    slot->pad = nullptr;
  }
  UpdateFlushing();
}

void Sink::ReleasePad(GstPad* pad) {
  auto* const own = static_cast<SinkPad*>(gst_pad_get_element_private(pad));
  // Ends a wait in the chain function, and returns when it has returned.
  gst_pad_set_active(pad, FALSE);
  Forget(*own);
  gst_element_remove_pad(element_, pad);
  CheckEos();
}

Sink::Slot* Sink::AssignSlot(SinkPad& pad) {
  std::vector<Slot>& slots = running_->slots;
  for (Slot& slot : slots) {
    if (slot.pad == nullptr && slot.type == pad.type) {
      slot.pad = &pad;
      return &slot;
    }
  }
  if (slots.size() >= kMaxTracks) {
    return nullptr;
  }
  const auto same_type =
      std::count_if(slots.begin(), slots.end(), [&](const Slot& s) { return s.type == pad.type; });
  Slot slot;
  slot.track_id = static_cast<std::uint32_t>(slots.size() + 1);
  slot.type = pad.type;
  slot.name = pad.type == TrackType::kVideo ? running_->video_track_name : kDefaultAudioTrackName;
  if (same_type > 0) {
    slot.name += "_" + std::to_string(same_type + 1);
  }
  slot.pad = &pad;
  slots.push_back(std::move(slot));
  return &slots.back();
}

Sink::Slot* Sink::SlotOf(const SinkPad& pad) {
  if (running_.has_value()) {
    for (Slot& slot : running_->slots) {
      if (slot.pad == &pad) {
        return &slot;
      }
    }
  }
  return nullptr;
}

bool Sink::Leads(TrackType type) const {
  return type == TrackType::kVideo ||
         std::none_of(running_->slots.begin(), running_->slots.end(),
                      [](const Slot& slot) {
                        return slot.type == TrackType::kVideo && slot.is_announced &&
                               slot.pad != nullptr && !slot.pad->eos;
                      });
}

void Sink::Announce(Slot& slot) {
  if (!std::exchange(slot.is_announced, true)) {
    running_->stream->ExpectTrack(slot.track_id);
  }
}

void Sink::EndTrack(const SinkPad& pad) {
  if (const Slot* const slot = SlotOf(pad); slot != nullptr && slot->is_announced) {
    running_->stream->EndTrack(slot->track_id);
  }
}

// States -----------------------------------------------------------------------------------------

bool Sink::Refuse(const Status& status) {
  std::string name;
  {
    const MutexLock lock(settings_mutex_);
    name = settings_.stream_name.value_or("");
  }
  LogToFile(LogLevel::kError, status.ToString());
  PostError(element_, name, status, UserText(name, status));
  return false;
}

Result<Resolved> Sink::ResolveNow(bool say_notes) {
  Surroundings world = hooks_.surroundings;
  {
    const MutexLock lock(mutex_);
    world.audio_only = !pads_.empty() &&
                       std::all_of(pads_.begin(), pads_.end(),
                                   [](const SinkPad* p) { return p->type == TrackType::kAudio; });
  }
  const MutexLock lock(settings_mutex_);
  Result<Resolved> resolved = Resolve(settings_, world);
  if (resolved.ok() && say_notes) {
    for (const std::string& note : resolved->notes) {
      GST_WARNING_OBJECT(element_, "%s", note.c_str());
    }
  }
  return resolved;
}

std::shared_ptr<LogSink> Sink::OpenLog() {
  std::string path;
  std::string name;
  {
    const MutexLock lock(settings_mutex_);
    path = settings_.log_config.value_or("");
    name = settings_.stream_name.value_or("");
  }
  Result<std::shared_ptr<LogSink>> file = std::shared_ptr<LogSink>();
  if (!path.empty()) {
    file = hooks_.open_log_file(path);
  }
  {
    const MutexLock lock(mutex_);
    log_file_ = file.ok() ? *file : nullptr;
  }
  if (file.ok()) {
    return *file == nullptr ? SharedGstLogSink() : MakeTee(SharedGstLogSink(), *file);
  }
  // Nobody has asked for the default.
  if (path != kDefaultLogConfig && file.status().code() == StatusCode::kInvalidState) {
    GST_WARNING_OBJECT(element_, "log-config has no effect: %s", file.status().message().c_str());
  } else if (path != kDefaultLogConfig) {
    PostWarning(element_, name, file.status(),
                UserText(name, {file.status().code(), "log-config: " + file.status().message() +
                                                          "; logs go to GST_DEBUG only"}));
  }
  return SharedGstLogSink();
}

void Sink::LogToFile(LogLevel level, const std::string& text) {
  std::shared_ptr<LogSink> file;
  {
    const MutexLock lock(mutex_);
    file = log_file_;
  }
  std::string name;
  {
    const MutexLock lock(settings_mutex_);
    name = settings_.stream_name.value_or("");
  }
  Logger(file.get(), "kvssink", name).Write(level, text);
}

bool Sink::Prepare() {
  {
    const MutexLock lock(settings_mutex_);
    producer_settings_serial_ = settings_serial_;
  }
  std::shared_ptr<LogSink> log = OpenLog();
  Result<Resolved> resolved = ResolveNow(true);
  if (!resolved.ok()) {
    return Refuse(resolved.status());
  }
  GST_INFO_OBJECT(element_, "stream \"%s\": %s, credentials from %s", resolved->stream.name.c_str(),
                  resolved->service.c_str(), resolved->credentials_from.c_str());
  LogToFile(LogLevel::kInfo, resolved->service + ", credentials from " + resolved->credentials_from);
  for (const std::string& note : resolved->notes) {
    LogToFile(LogLevel::kWarn, note);
  }
  resolved->producer.log = std::move(log);
  Result<std::shared_ptr<Producer>> producer =
      hooks_.create_producer(std::move(resolved->producer));
  if (!producer.ok()) {
    return Refuse(producer.status());
  }
  producer_ = std::move(producer).value();
  return true;
}

bool Sink::Start() {
  bool changed = false;
  {
    const MutexLock lock(settings_mutex_);
    changed = producer_settings_serial_ != settings_serial_;
  }
  if ((changed || producer_ == nullptr) && !Prepare()) {
    return false;
  }
  Result<Resolved> resolved = ResolveNow(false);
  if (!resolved.ok()) {
    return Refuse(resolved.status());
  }
  Running running;
  StreamStory story(resolved->stream.fragment_acks);
  {
    const MutexLock lock(settings_mutex_);
    story.ack_messages = settings_.ack_messages;
    running.emits_metrics = settings_.get_kvs_metrics;
    running.codec_id = settings_.codec_id;
    running.video_track_name = settings_.track_name.value_or(kDefaultVideoTrackName);
  }
  {
    const MutexLock lock(mutex_);
    if (!pads_.empty()) {
      running.generation = ++last_generation_;
    }
  }
  if (running.generation == 0) {
    return Refuse(
        {StatusCode::kInvalidState,
         "nothing is linked: kvssink needs at least one video_%u or audio_%u pad before it "
         "goes to PAUSED"});
  }
  running.name = resolved->stream.name;
  running.service = resolved->service;
  running.times = resolved->times;
  running.stop_timeout = resolved->stop_timeout;
  running.drain_timeout = resolved->drain_timeout;
  running.buffer_duration = resolved->stream.buffer_duration;
  running.retention = resolved->stream.retention;
  running.offline = resolved->stream.streaming_type == StreamingType::kOffline;
  running.acks = resolved->stream.fragment_acks;
  story.last_ack = running.retention == Duration() ? AckType::kReceived : AckType::kPersisted;
  running.fragment_events = FragmentEvents(std::move(resolved->events));
  running.producer = producer_;
  running.has_switch = resolved->stream.pre_roll > Duration();
  Result<std::shared_ptr<Stream>> stream = producer_->OpenStream(
      std::move(resolved->stream),
      std::make_shared<Listener>(element_, running.generation, running.name, resolved->service,
                                 std::move(story)));
  if (!stream.ok()) {
    return Refuse(stream.status());
  }
  running.stream = std::move(stream).value();
  for (FragmentMetadata& item : resolved->metadata) {
    if (Status status = running.stream->PutMetadata(std::move(item)); !status.ok()) {
      return Refuse(status);
    }
  }
  // Let go after the lock: the end of a stream may wait for a call of the listener, which takes the
  // lock.
  LastRun before;
  const MutexLock lock(mutex_);
  std::swap(before, last_run_);
  running_ = std::move(running);
  if (triggered_) {
    running_->stream->Trigger();
  }
  // Video first: players expect it to be track 1.
  for (const TrackType type : {TrackType::kVideo, TrackType::kAudio}) {
    for (SinkPad* pad : pads_) {
      Slot* const slot = pad->type == type ? AssignSlot(*pad) : nullptr;
      if (slot != nullptr && gst_pad_is_linked(pad->pad)) {
        Announce(*slot);
      }
    }
  }
  for (SinkPad* pad : pads_) {
    pad->eos = false;
    pad->flushing = false;
    pad->flush_epoch = 0;  // as that of the anchor
  }
  return true;
}

bool Sink::Switch(bool on) {
  bool has_switch = false;
  {
    const MutexLock lock(settings_mutex_);
    has_switch = settings_.pre_roll_s > 0;
  }
  {
    const MutexLock lock(mutex_);
    if (running_.has_value()) {
      has_switch = running_->has_switch;
    }
    if (has_switch) {
      const bool changed = std::exchange(triggered_, on) != on;
      if (!running_.has_value()) {
        return changed;
      }
      return on ? running_->stream->Trigger() : running_->stream->Untrigger();
    }
  }
  GST_WARNING_OBJECT(element_, "%s does nothing: pre-roll is 0, and everything is uploaded",
                     on ? "trigger" : "untrigger");
  return false;
}

void Sink::SetPlaying(bool playing) {
  {
    const MutexLock lock(mutex_);
    playing_ = playing;
    // A bin forgets the EOS of its sinks when it goes to PLAYING, so it is told again.
    if (playing && running_.has_value() && running_->eos == EosState::kPosted) {
      running_->eos = EosState::kReached;
    }
  }
  PostEosIfDue();
}

void Sink::Stop() {
  std::optional<Running> running;
  {
    const MutexLock lock(mutex_);
    running = std::exchange(running_, std::nullopt);
    playing_ = false;
    if (running.has_value()) {
      // Start has emptied it.
      last_run_ = {running->stream, running->producer, {}, {}, running->counters};
    }
    flushing_changed_.NotifyAll();
  }
  if (!running.has_value()) {
    return;
  }
  TellEndedLosses(running->name, running->losses.TakeEnded(hooks_.mono_now(), /*all=*/true));
  Duration timeout = running->stop_timeout;
  if (running->stop_deadline.has_value()) {
    // The time began at EOS; the wait at the end of the process is not to double it.
    const Duration left = *running->stop_deadline - hooks_.mono_now();
    timeout = std::clamp(left, Duration(), timeout);
  }
  running->stream->Stop(timeout);
}

void Sink::Release() {
  producer_.reset();
  LastRun run;
  {
    const MutexLock lock(mutex_);
    run = std::exchange(last_run_, {});
  }
  if (run.stream == nullptr) {
    return;
  }
  const LastRun said{nullptr, nullptr, run.stream->metrics(), run.producer->metrics(), run.counters};
  // The stream is let go after the lock, as in Start.
  const MutexLock lock(mutex_);
  last_run_ = said;
}

}  // namespace kvs::plugin
