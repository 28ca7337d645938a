// soak_driver MODE ARGUMENTS: uses kvssink for long, and says now and then what the process holds.
//
//   walk ROUNDS SEED        random walks: states in any order, flushes, EOS, gaps, new caps, pads that come and go, while each pad
//                           is pushed to and all properties are read in threads of their own
//   cycles ROUNDS           start, some frames, stop; again and again
//   stream SECONDS SPEED    picture and sound that run SPEED times faster than the clock, for so many seconds by the clock
//
// The service is that of the environment (CONTROL_PLANE_URI). Prints JSON, a line each:
//   {"at":12,"heap":123456,"rss":12345678,"threads":5,"files":17}   what is held after round (or second) 12
//   {"done":1000,"frames":123456,"errors":0}
// heap is what was allocated and not given back, in bytes; 0 with a sanitizer, which has an allocator of its own. The exit status is
// 1 when a state change failed, an ERROR was posted, or something did not end.
#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gst/gst.h>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Only a failure waits for so long.
constexpr std::chrono::seconds kPatience{60};
constexpr milliseconds kGlance{1};
// How much faster than the clock media runs where a round is short.
constexpr double kHurry = 10;

[[noreturn]] void Die(const std::string& what) {
  std::cerr << what << "\n" << std::flush;
  std::_Exit(1);
}

void WaitFor(const std::function<bool()>& condition, const char* what) {
  const auto deadline = Clock::now() + kPatience;
  while (!condition()) {
    if (Clock::now() > deadline) {
      Die(std::string("waited in vain: ") + what);
    }
    std::this_thread::sleep_for(kGlance);
  }
}

// What the process holds --------------------------------------------------------------------------

std::size_t CountEntries(const char* folder) {
  DIR* const dir = opendir(folder);
  std::size_t count = 0;
  while (readdir(dir) != nullptr) {
    ++count;
  }
  closedir(dir);
  return count - 2;  // "." and ".."
}

std::size_t Files() { return CountEntries("/proc/self/fd") - 1; }  // the folder itself

std::size_t Heap() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t ResidentBytes() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

void PrintSample(std::size_t at) {
  std::cout << R"({"at":)" << at << R"(,"heap":)" << Heap() << R"(,"rss":)" << ResidentBytes() << R"(,"threads":)"
            << CountEntries("/proc/self/task") << R"(,"files":)" << Files() << "}\n"
            << std::flush;
}

// Media -------------------------------------------------------------------------------------------

// A few seconds of encoded media that can be repeated without a seam.
struct Clip {
  GstCaps* caps = nullptr;
  std::vector<GstBuffer*> buffers;
  GstClockTime duration = 0;
};

// Runs an encoder once. `line` ends in what comes out.
Clip Encode(const std::string& line) {
  Clip clip;
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch((line + " ! fakesink name=out signal-handoffs=true").c_str(), &error);
  if (error != nullptr) {
    Die(error->message);
  }
  GstElement* const out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  g_signal_connect(out, "handoff", G_CALLBACK(+[](GstElement*, GstBuffer* buffer, GstPad* pad, Clip* into) {
                     into->buffers.push_back(gst_buffer_copy_deep(buffer));
                     gst_caps_take(&into->caps, gst_pad_get_current_caps(pad));
                     into->duration += GST_BUFFER_DURATION(buffer);
                   }),
                   &clip);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* const bus = gst_element_get_bus(pipeline);
  GstMessage* const end = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE,
                                                     static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (GST_MESSAGE_TYPE(end) != GST_MESSAGE_EOS || clip.buffers.empty()) {
    Die("no media: " + line);
  }
  gst_message_unref(end);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(out);
  gst_object_unref(pipeline);
  // Encoders begin at times of their own.
  const GstClockTime first = GST_BUFFER_PTS(clip.buffers[0]);
  for (GstBuffer* const buffer : clip.buffers) {
    GST_BUFFER_PTS(buffer) -= first;
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
  }
  return clip;
}

void Free(Clip& clip) {
  for (GstBuffer* const buffer : clip.buffers) {
    gst_buffer_unref(buffer);
  }
  gst_caps_unref(clip.caps);
}

struct Media {
  std::vector<Clip> pictures;  // in different sizes
  std::vector<Clip> sounds;
};

Media EncodeAll() {
  Media media;
  for (const char* const size : {"width=160,height=120", "width=128,height=96"}) {
    media.pictures.push_back(Encode("videotestsrc num-buffers=60 ! video/x-raw,framerate=30/1," + std::string(size) +
                                    " ! x264enc tune=zerolatency key-int-max=30 ! h264parse ! "
                                    "video/x-h264,stream-format=avc,alignment=au"));
  }
  media.sounds.push_back(
      Encode("audiotestsrc num-buffers=86 ! audio/x-raw,rate=44100,channels=1 ! voaacenc ! aacparse ! "
             "audio/mpeg,stream-format=raw"));
  return media;
}

// Pushes clips into a pad of the element, in a thread of its own, at `speed` times their pace, for as long as it exists. Whenever it is
// refused it begins anew, as a source does that is told to go on.
class Source {
 public:
  // `sink` was requested from the element, and is released with the source. The first frame is of the time `start`.
  Source(GstElement* element, GstPad* sink, const std::vector<Clip>& clips, double speed, GstClockTime start = 0)
      : element_(element),
        clips_(clips),
        speed_(speed),
        first_(start),
        src_(GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC)))),
        sink_(sink) {
    gst_pad_set_active(src_, TRUE);
    if (gst_pad_link(src_, sink_) != GST_PAD_LINK_OK) {
      Die("pads cannot be linked");
    }
    thread_ = std::thread([this] { Run(); });
  }
  ~Source() {
    stopped_ = true;
    thread_.join();
    gst_pad_set_active(src_, FALSE);
    gst_element_release_request_pad(element_, sink_);
    gst_object_unref(sink_);
    gst_object_unref(src_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // Returns when the thread has noticed that nothing is taken, and will begin anew.
  void AwaitRefusal() const {
    const std::size_t before = refusals_;
    WaitFor([&] { return refusals_ != before; }, "a push is refused");
  }
  void Flush(bool reset_time) {
    gst_pad_push_event(src_, gst_event_new_flush_start());
    AwaitRefusal();
    gst_pad_push_event(src_, gst_event_new_flush_stop(reset_time ? TRUE : FALSE));
  }
  // Done by the thread, between two frames.
  void SendEos() { wanted_ = Wanted::kEos; }
  void SendGap() { wanted_ = Wanted::kGap; }
  void ChangeCaps() { wanted_ = Wanted::kCaps; }
  std::size_t accepted() const { return accepted_; }

 private:
  enum class Wanted { kNothing, kEos, kGap, kCaps };

  bool Begin() {
    gst_pad_push_event(src_, gst_event_new_stream_start("soak"));
    gst_pad_push_event(src_, gst_event_new_caps(clips_[clip_].caps));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    next_ = 0;
    start_ = first_;
    began_ = Clock::now();
    return gst_pad_push_event(src_, gst_event_new_segment(&segment)) != FALSE;
  }

  GstClockTime NextTime() const { return start_ + GST_BUFFER_PTS(clips_[clip_].buffers[next_]); }

  bool Push() {
    const Clip& clip = clips_[clip_];
    GstBuffer* const buffer = gst_buffer_copy(clip.buffers[next_]);
    GST_BUFFER_PTS(buffer) += start_;
    if (gst_pad_push(src_, buffer) != GST_FLOW_OK) {
      return false;
    }
    ++accepted_;
    if (++next_ == clip.buffers.size()) {
      next_ = 0;
      start_ += clip.duration;
    }
    return true;
  }

  void Heed(Wanted wanted) {
    if (wanted == Wanted::kEos) {
      gst_pad_push_event(src_, gst_event_new_eos());
    } else if (wanted == Wanted::kGap) {
      gst_pad_push_event(src_, gst_event_new_gap(NextTime(), GST_SECOND));
    } else if (wanted == Wanted::kCaps) {
      // From the beginning of a clip, as that is a key frame.
      start_ = NextTime();
      next_ = 0;
      clip_ = (clip_ + 1) % clips_.size();
      gst_pad_push_event(src_, gst_event_new_caps(clips_[clip_].caps));
    }
  }

  void Run() {
    bool flows = false;
    while (!stopped_) {
      const Wanted wanted = wanted_.exchange(Wanted::kNothing);
      if (flows && wanted != Wanted::kNothing) {
        Heed(wanted);
        flows = wanted != Wanted::kEos;
      }
      flows = (flows || Begin()) && Push();
      if (!flows) {
        ++refusals_;
        std::this_thread::sleep_for(kGlance);
        continue;
      }
      const auto due = began_ + std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(NextTime() - first_) / speed_));
      std::this_thread::sleep_until(due);
    }
  }

  GstElement* const element_;
  const std::vector<Clip>& clips_;
  const double speed_;
  const GstClockTime first_;
  GstPad* const src_;
  GstPad* const sink_;
  std::atomic<bool> stopped_ = false;
  std::atomic<Wanted> wanted_ = Wanted::kNothing;
  std::atomic<std::size_t> refusals_ = 0;
  std::atomic<std::size_t> accepted_ = 0;
  // The thread's own.
  std::size_t clip_ = 0;
  std::size_t next_ = 0;
  GstClockTime start_ = 0;
  Clock::time_point began_;
  std::thread thread_;
};

// The element -------------------------------------------------------------------------------------

// A kvssink with a bus that counts errors and keeps nothing.
class Sink {
 public:
  Sink() : element_(gst_element_factory_make("kvssink", nullptr)), bus_(gst_bus_new()) {
    if (element_ == nullptr) {
      Die("there is no kvssink");
    }
    gst_object_ref_sink(element_);
    gst_bus_set_sync_handler(
        bus_,
        [](GstBus*, GstMessage* message, gpointer sink) {
          if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
            static_cast<Sink*>(sink)->OnError(message);
          }
          gst_message_unref(message);
          return GST_BUS_DROP;
        },
        this, nullptr);
    gst_element_set_bus(element_, bus_);
    g_object_set(element_, "stream-name", "soak", nullptr);
  }
  ~Sink() {
    gst_element_set_bus(element_, nullptr);
    gst_object_unref(element_);
    gst_object_unref(bus_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  GstElement* get() const { return element_; }
  void SetState(GstState state) {
    if (gst_element_set_state(element_, state) != GST_STATE_CHANGE_SUCCESS) {
      Die(std::string("cannot go to ") + gst_element_state_get_name(state));
    }
  }
  int errors() const { return errors_; }

  void ReadAllProperties() const {
    guint count = 0;
    GParamSpec** const specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element_), &count);
    for (guint i = 0; i < count; ++i) {
      GValue value = G_VALUE_INIT;
      g_value_init(&value, specs[i]->value_type);
      g_object_get_property(G_OBJECT(element_), specs[i]->name, &value);
      g_value_unset(&value);
    }
    g_free(specs);
  }

 private:
  void OnError(GstMessage* message) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    std::cerr << error->message << "\n" << std::flush;
    g_error_free(error);
    ++errors_;
  }

  GstElement* const element_;
  GstBus* const bus_;
  std::atomic<int> errors_ = 0;
};

// Reads all properties in a thread of its own, for as long as it exists.
class Reader {
 public:
  explicit Reader(const Sink& sink)
      : thread_([this, &sink] {
          while (!stopped_) {
            sink.ReadAllProperties();
            std::this_thread::sleep_for(kGlance);
          }
        }) {}
  ~Reader() {
    stopped_ = true;
    thread_.join();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

 private:
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

// The modes ---------------------------------------------------------------------------------------

// Connections of a stream that was stopped are open for a moment behind its back: a sample is taken when none has been opened or
// closed for a while, or when that does not come soon.
class Sampler {
 public:
  // Of `rounds`, about a hundred are told.
  explicit Sampler(std::size_t rounds) : every_(rounds < kSamples ? 1 : rounds / kSamples) {}

  void AtRest(std::size_t round) const {
    if (round % every_ != 0) {
      return;
    }
    const auto deadline = Clock::now() + kSoon;
    std::size_t before = Files();
    for (auto since = Clock::now(); Clock::now() < std::min(deadline, since + kRest);) {
      std::this_thread::sleep_for(kGlance);
      if (const std::size_t files = Files(); files != before) {
        before = files;
        since = Clock::now();
      }
    }
    PrintSample(round);
  }

 private:
  static constexpr std::size_t kSamples = 100;
  static constexpr milliseconds kRest{30};
  static constexpr milliseconds kSoon{500};
  const std::size_t every_;
};

class Walk {
 public:
  Walk(Sink& sink, const Media& media, std::uint64_t seed) : sink_(sink), media_(media), random_(seed) {}

  // From NULL, through some states and events, to NULL.
  void Round() {
    constexpr std::size_t kMostSteps = 12;
    constexpr std::size_t kLongestStay = 20;  // milliseconds
    AddSource();
    for (std::size_t steps = Draw(kMostSteps) + 1; steps > 0; --steps) {
      Step();
      std::this_thread::sleep_for(milliseconds(Draw(kLongestStay)));
    }
    SetState(GST_STATE_NULL);
    while (!sources_.empty()) {
      Remove(0);
    }
  }
  std::size_t frames() const { return frames_; }

 private:
  std::size_t Draw(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  Source& AnySource() { return *sources_[Draw(sources_.size())]; }

  void Step() {
    constexpr GstState kStates[] = {GST_STATE_NULL, GST_STATE_READY, GST_STATE_PAUSED, GST_STATE_PLAYING};
    enum : std::size_t { kFlush, kEos, kGap, kCaps, kRequest, kRelease, kState, kKinds = 12 };  // half of them kState and above
    switch (Draw(kKinds)) {
      case kFlush:
        return AnySource().Flush(Draw(2) == 0);
      case kEos:
        return AnySource().SendEos();
      case kGap:
        return AnySource().SendGap();
      case kCaps:
        return AnySource().ChangeCaps();
      case kRequest:
        return AddSource();
      case kRelease:
        return sources_.size() > 1 ? Remove(Draw(sources_.size())) : AddSource();
      default:
        return SetState(kStates[Draw(std::size(kStates))]);
    }
  }

  void SetState(GstState state) {
    const bool stops = GST_STATE(sink_.get()) > GST_STATE_READY && state <= GST_STATE_READY;
    sink_.SetState(state);
    if (stops) {
      // The next start finds nobody who has not noticed.
      for (const auto& source : sources_) {
        source->AwaitRefusal();
      }
    }
  }

  // Unless the stream has as many tracks as it can have.
  void AddSource() {
    const bool is_video = Draw(2) == 0;
    GstPad* const pad = gst_element_request_pad_simple(sink_.get(), is_video ? "video_%u" : "audio_%u");
    if (pad != nullptr) {
      sources_.push_back(std::make_unique<Source>(sink_.get(), pad, is_video ? media_.pictures : media_.sounds, kHurry));
    }
  }

  void Remove(std::size_t which) {
    frames_ += sources_[which]->accepted();
    sources_.erase(sources_.begin() + static_cast<std::ptrdiff_t>(which));
  }

  Sink& sink_;
  const Media& media_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Source>> sources_;
  std::size_t frames_ = 0;
};

std::size_t RunWalk(Sink& sink, const Media& media, std::size_t rounds, std::uint64_t seed) {
  Walk walk(sink, media, seed);
  const Sampler sampler(rounds);
  for (std::size_t round = 1; round <= rounds; ++round) {
    {
      const Reader reader(sink);
      walk.Round();
    }
    sampler.AtRest(round);
  }
  return walk.frames();
}

// A picture and a sound, from a start to a stop.
class Pair {
 public:
  Pair(Sink& sink, const Media& media, double speed, GstClockTime start)
      : picture_(sink.get(), gst_element_request_pad_simple(sink.get(), "video_%u"), media.pictures, speed, start),
        sound_(sink.get(), gst_element_request_pad_simple(sink.get(), "audio_%u"), media.sounds, speed, start) {}
  std::size_t pictures() const { return picture_.accepted(); }
  std::size_t frames() const { return picture_.accepted() + sound_.accepted(); }

 private:
  Source picture_;
  Source sound_;
};

std::size_t RunCycles(Sink& sink, const Media& media, std::size_t rounds) {
  constexpr std::size_t kPictures = 5;
  const Sampler sampler(rounds);
  std::size_t frames = 0;
  for (std::size_t round = 1; round <= rounds; ++round) {
    {
      const Pair pair(sink, media, kHurry, 0);
      sink.SetState(GST_STATE_PLAYING);
      WaitFor([&] { return pair.pictures() >= kPictures; }, "frames are taken");
      sink.SetState(round % 2 == 0 ? GST_STATE_NULL : GST_STATE_READY);
      frames += pair.frames();
    }
    sampler.AtRest(round);
  }
  return frames;
}

std::size_t RunStream(Sink& sink, const Media& media, std::size_t seconds, double speed) {
  // Media that runs ahead of the clock begins as long before now.
  const auto ahead = static_cast<gint64>(static_cast<double>(seconds) * speed);
  g_object_set(sink.get(), "use-original-pts", TRUE, nullptr);
  const auto start = static_cast<GstClockTime>(g_get_real_time() / G_USEC_PER_SEC - ahead) * GST_SECOND;
  const Pair pair(sink, media, speed, start);
  sink.SetState(GST_STATE_PLAYING);
  const auto began = Clock::now();
  for (std::size_t second = 1; second <= seconds; ++second) {
    std::this_thread::sleep_until(began + std::chrono::seconds(second));
    PrintSample(second);
  }
  sink.SetState(GST_STATE_NULL);
  return pair.frames();
}

double Number(std::string_view text) { return g_ascii_strtod(std::string(text).c_str(), nullptr); }

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const bool is_cycles = arguments.size() == 2 && arguments[0] == "cycles";
  const bool is_walk = arguments.size() == 3 && arguments[0] == "walk";
  const bool is_stream = arguments.size() == 3 && arguments[0] == "stream";
  if (!is_cycles && !is_walk && !is_stream) {
    std::cerr << "usage: soak_driver walk ROUNDS SEED | cycles ROUNDS | stream SECONDS SPEED\n";
    return 2;
  }
  Media media = EncodeAll();
  const auto count = static_cast<std::size_t>(Number(arguments[1]));
  int errors = 0;
  {
    Sink sink;
    const std::size_t frames = is_cycles ? RunCycles(sink, media, count)
                               : is_walk ? RunWalk(sink, media, count, static_cast<std::uint64_t>(Number(arguments[2])))
                                         : RunStream(sink, media, count, Number(arguments[2]));
    errors = sink.errors();
    std::cout << R"({"done":)" << count << R"(,"frames":)" << frames << R"(,"errors":)" << errors << "}\n" << std::flush;
  }
  for (auto* const clips : {&media.pictures, &media.sounds}) {
    for (Clip& clip : *clips) {
      Free(clip);
    }
  }
  gst_deinit();
  return errors == 0 ? 0 : 1;
}
