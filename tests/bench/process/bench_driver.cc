// bench_driver KEY=VALUE...: pushes media into many sinks at once, and says what that costs the process.
//
//   sink=kvssink          the element; or fakesink, for what the rest costs
//   set=NAME=VALUE        a property of each sink (repeatable); "%d" in it is the number of the stream
//   streams=1             how many sinks, in one pipeline
//   file=PATH             an MP4 file with H.264, whose frames are pushed again and again
//   sound=0               1: and its AAC
//   bits=N rate=N         instead of the file's frames, such of this bit rate, so many a second, with a key frame each second
//   seconds=10 warm-up=3  of pushing; what happens before the end of the warm-up is not measured
//   apart=1               the streams begin one after the other within so many seconds, as cameras that know nothing of each other; with 0 their key
//                         frames come at the same moment
//   pace=1                0: as fast as frames are taken; what a push takes is told for each twelfth of the media
//   end=null              what comes at the end: null: to NULL at once; eos: EOS, and to NULL when it has come out of the pipeline
//   log=PATH              a line for each frame, "STREAM TRACK MICROSECONDS KEY SIZE": the wall clock when it was pushed, from the begin; and for
//                         each acknowledgement, "ack STREAM TYPE MICROSECONDS"
//
// One thread pushes all frames, straight into the pads: a thread for each stream would be measured as well. Prints one JSON object.
// The exit status is 1 when something is refused or does not end.
#include <dirent.h>
#include <linux/perf_event.h>
#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <mutex>
#include <queue>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gst/gst.h>

#include "plugin/gstkvssink.h"

// Allocations of the whole process ----------------------------------------------------------------

// What a program defines comes before the same of a library, so these count for all libraries, too. What is freed needs no counting.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {
std::atomic<std::uint64_t> allocations = 0;
void CountAllocation() { allocations.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

extern "C" {
__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  CountAllocation();
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) {
  CountAllocation();
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* memory, std::size_t size) {
  CountAllocation();
  return __libc_realloc(memory, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) {
  CountAllocation();
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  CountAllocation();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}

namespace {

using Clock = std::chrono::steady_clock;

// Only a failure waits for so long.
constexpr std::chrono::seconds kPatience{120};
// The parts in which a push is timed where there is no pace.
constexpr std::size_t kParts = 12;

[[noreturn]] void Die(const std::string& what) {
  std::cerr << what << "\n" << std::flush;
  std::_Exit(1);
}

std::int64_t WallMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// What the process has used and holds -------------------------------------------------------------

double Seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; }

// System calls of this thread and those that it begins, from now on. -1 where the kernel does not let us count.
int OpenSystemCallCounter() {
  std::uint64_t id = 0;
  if (!(std::ifstream("/sys/kernel/tracing/events/raw_syscalls/sys_enter/id") >> id) &&
      !(std::ifstream("/sys/kernel/debug/tracing/events/raw_syscalls/sys_enter/id") >> id)) {
    return -1;
  }
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = id;
  attributes.inherit = 1;
  return static_cast<int>(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

// A line of /proc/self/smaps_rollup, in bytes.
std::size_t MemoryLine(std::string_view wanted) {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::size_t kilobytes = 0;
    if (words >> name >> kilobytes && name == wanted) {
      return kilobytes << 10;
    }
  }
  return 0;
}

// Address space, in bytes: also what is reserved and never touched.
std::size_t VirtualBytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

// The names of all threads.
std::vector<std::string> ThreadNames() {
  std::vector<std::string> names;
  DIR* const dir = opendir("/proc/self/task");
  while (const dirent* const entry = readdir(dir)) {
    std::ifstream file("/proc/self/task/" + std::string(entry->d_name) + "/comm");
    std::string name;
    if (entry->d_name[0] != '.' && std::getline(file, name)) {
      names.push_back(name);
    }
  }
  closedir(dir);
  return names;
}

struct Sample {
  Clock::time_point at;
  double cpu = 0;
  double pusher_cpu = 0;
  std::int64_t switches = 0;
  std::uint64_t allocations = 0;
  std::int64_t system_calls = 0;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
};

struct Held {
  std::size_t resident = MemoryLine("Rss:");
  std::size_t written = MemoryLine("Anonymous:");
  std::size_t virtual_bytes = VirtualBytes();
  std::vector<std::string> threads = ThreadNames();
};

std::ostream& operator<<(std::ostream& out, const Held& held) {
  out << R"({"resident":)" << held.resident << R"(,"written":)" << held.written << R"(,"virtual":)" << held.virtual_bytes << R"(,"threads":[)";
  for (std::size_t i = 0; i < held.threads.size(); ++i) {
    out << (i == 0 ? "" : ",") << '"' << held.threads[i] << '"';
  }
  return out << "]}";
}

// Media -------------------------------------------------------------------------------------------

// What is pushed again and again.
struct Clip {
  GstCaps* caps = nullptr;
  std::vector<GstBuffer*> buffers;
  GstClockTime duration = 0;
};

void Collect(GstElement* pipeline, const char* name, Clip& clip) {
  GstElement* const out = gst_bin_get_by_name(GST_BIN(pipeline), name);
  g_signal_connect(out, "handoff", G_CALLBACK(+[](GstElement*, GstBuffer* buffer, GstPad* pad, Clip* into) {
                     into->buffers.push_back(gst_buffer_copy_deep(buffer));
                     gst_caps_take(&into->caps, gst_pad_get_current_caps(pad));
                     into->duration += GST_BUFFER_DURATION(buffer);
                   }),
                   &clip);
  gst_object_unref(out);
}

// The tracks of a file: the picture and, if wanted, the sound.
std::vector<Clip> Read(const std::string& path, bool sound) {
  std::vector<Clip> clips(sound ? 2 : 1);
  std::string line = "filesrc location=" + path +
                     " ! qtdemux name=demux demux.video_0 ! queue ! h264parse ! video/x-h264,stream-format=avc,alignment=au ! "
                     "fakesink name=picture sync=false signal-handoffs=true";
  if (sound) {
    line += " demux.audio_0 ! queue ! aacparse ! audio/mpeg,stream-format=raw ! fakesink name=sound sync=false signal-handoffs=true";
  }
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(line.c_str(), &error);
  if (error != nullptr) {
    Die(error->message);
  }
  Collect(pipeline, "picture", clips[0]);
  if (sound) {
    Collect(pipeline, "sound", clips[1]);
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* const bus = gst_element_get_bus(pipeline);
  GstMessage* const end = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE,
                                                     static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  if (GST_MESSAGE_TYPE(end) != GST_MESSAGE_EOS || clips[0].buffers.empty()) {
    Die("no media in " + path);
  }
  gst_message_unref(end);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  for (Clip& clip : clips) {
    const GstClockTime first = GST_BUFFER_PTS(clip.buffers[0]);
    for (GstBuffer* const buffer : clip.buffers) {
      GST_BUFFER_PTS(buffer) -= first;
      GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    }
  }
  return clips;
}

// A second of frames that say nothing: one NAL unit each.
void Replace(Clip& clip, std::uint64_t bits, std::uint64_t rate) {
  for (GstBuffer* const buffer : clip.buffers) {
    gst_buffer_unref(buffer);
  }
  clip.buffers.clear();
  const std::size_t size = std::max<std::size_t>(bits / 8 / rate, 8);
  for (std::uint64_t i = 0; i < rate; ++i) {
    GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, size, nullptr);
    gst_buffer_memset(buffer, 0, 0x80, size);
    const auto nal = static_cast<std::uint32_t>(size - 4);
    const std::array<std::uint8_t, 5> head = {static_cast<std::uint8_t>(nal >> 24), static_cast<std::uint8_t>(nal >> 16),
                                              static_cast<std::uint8_t>(nal >> 8), static_cast<std::uint8_t>(nal),
                                              static_cast<std::uint8_t>(i == 0 ? 0x65 : 0x41)};
    gst_buffer_fill(buffer, 0, head.data(), head.size());
    GST_BUFFER_PTS(buffer) = i * GST_SECOND / rate;
    GST_BUFFER_DURATION(buffer) = GST_SECOND / rate;
    if (i != 0) {
      GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    }
    clip.buffers.push_back(buffer);
  }
  clip.duration = GST_SECOND;
}

// Options -----------------------------------------------------------------------------------------

struct Options {
  std::string sink = "kvssink";
  std::vector<std::string> properties;
  std::size_t streams = 1;
  std::string file;
  bool sound = false;
  std::uint64_t bits = 0;
  std::uint64_t rate = 0;
  double seconds = 10;
  double warm_up = 3;
  double apart = 1;
  bool pace = true;
  std::string end = "null";
  std::string log;
};

Options ReadOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (key == "sink") {
      options.sink = value;
    } else if (key == "set") {
      options.properties.push_back(value);
    } else if (key == "streams") {
      options.streams = std::stoul(value);
    } else if (key == "file") {
      options.file = value;
    } else if (key == "sound") {
      options.sound = value == "1";
    } else if (key == "bits") {
      options.bits = std::stoull(value);
    } else if (key == "rate") {
      options.rate = std::stoull(value);
    } else if (key == "seconds") {
      options.seconds = std::stod(value);
    } else if (key == "warm-up") {
      options.warm_up = std::stod(value);
    } else if (key == "apart") {
      options.apart = std::stod(value);
    } else if (key == "pace") {
      options.pace = value == "1";
    } else if (key == "end") {
      options.end = value;
    } else if (key == "log") {
      options.log = value;
    } else {
      Die("unknown option " + word);
    }
  }
  return options;
}

// The sinks ---------------------------------------------------------------------------------------

struct LogLine {
  std::size_t stream;
  std::size_t track;
  std::int64_t micros;
  bool key;
  std::size_t size;
};
struct AckLine {
  std::size_t stream;
  int type;
  std::int64_t micros;
};

class Bench {
 public:
  Bench(const Options& options, std::vector<Clip> clips)
      : options_(options), clips_(std::move(clips)), pipeline_(gst_pipeline_new("bench")), bus_(gst_element_get_bus(pipeline_)) {
    gst_bus_set_sync_handler(
        bus_,
        [](GstBus*, GstMessage* message, gpointer bench) {
          static_cast<Bench*>(bench)->OnMessage(message);
          gst_message_unref(message);
          return GST_BUS_DROP;
        },
        this, nullptr);
    for (std::size_t i = 0; i < options_.streams; ++i) {
      AddSinks(i);
    }
  }

  void Run() {
    play_at_ = WallMicros();
    const auto play = Clock::now();
    if (gst_element_set_state(pipeline_, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
      Die("cannot go to PLAYING");
    }
    const auto playing = Clock::now();
    Sample begin;
    Sample end;
    Begin();
    if (options_.pace) {
      PushByTheClock(begin);
    } else {
      sent_ = SumOfStats("bytes-sent");
      begin = Take();
      PushAll();
    }
    end = Take();
    const Held after;
    stored_ = SumOfStats("stored-bytes");
    sent_ = SumOfStats("bytes-sent") - sent_;
    const auto ends = Clock::now();
    if (options_.end == "eos") {
      for (const Source& source : sources_) {
        gst_pad_push_event(source.pad, gst_event_new_eos());
      }
      AwaitEos();
    }
    const auto stop = Clock::now();
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    const auto stopped = Clock::now();
    if (errors_ != 0) {
      Die("an ERROR on the bus: " + error_);
    }
    Print(begin, end, after, Millis(playing - play), Millis(stop - ends), Millis(stopped - stop));
    WriteLog();
  }

 private:
  struct Source {
    std::size_t stream;
    std::size_t track;
    GstPad* pad;
    std::size_t next = 0;
    GstClockTime start = 0;
  };
  struct Due {
    GstClockTime at;
    std::size_t source;
    bool operator<(const Due& other) const { return at > other.at; }  // the earliest on top
  };

  static double Millis(Clock::duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

  void AddSinks(std::size_t stream) {
    GstElement* element = nullptr;
    for (std::size_t track = 0; track < clips_.size(); ++track) {
      GstPad* pad = nullptr;
      if (options_.sink == "fakesink") {
        element = gst_element_factory_make("fakesink", nullptr);
        g_object_set(element, "sync", FALSE, "async", FALSE, nullptr);
        gst_bin_add(GST_BIN(pipeline_), element);
        pad = gst_element_get_static_pad(element, "sink");
      } else {
        if (track == 0) {
          element = gst_element_factory_make(options_.sink.c_str(), nullptr);
          if (element == nullptr) {
            Die("there is no " + options_.sink);
          }
          gst_bin_add(GST_BIN(pipeline_), element);
          elements_.push_back(element);
          SetProperties(element, stream);
          if (!options_.log.empty()) {
            g_object_set_data(G_OBJECT(element), "stream", GSIZE_TO_POINTER(stream));
            g_signal_connect(element, "fragment-ack", G_CALLBACK(&Bench::OnAck), this);
          }
        }
        pad = gst_element_request_pad_simple(element, track == 0 ? "video_%u" : "audio_%u");
      }
      GstPad* const source = GST_PAD(gst_object_ref_sink(gst_pad_new("src", GST_PAD_SRC)));
      gst_pad_set_active(source, TRUE);
      if (gst_pad_link(source, pad) != GST_PAD_LINK_OK) {
        Die("pads cannot be linked");
      }
      gst_object_unref(pad);
      sources_.push_back({stream, track, source});
    }
  }

  void SetProperties(GstElement* element, std::size_t stream) {
    for (const std::string& property : options_.properties) {
      const std::size_t equals = property.find('=');
      std::string value = property.substr(equals + 1);
      if (const std::size_t number = value.find("%d"); number != std::string::npos) {
        value.replace(number, 2, std::to_string(stream));
      }
      gst_util_set_object_arg(G_OBJECT(element), property.substr(0, equals).c_str(), value.c_str());
    }
  }

  static void OnAck(GstElement* element, const GstKvsSinkFragmentAck* ack, Bench* bench) {
    const std::int64_t now = WallMicros();
    const std::lock_guard<std::mutex> lock(bench->ack_mutex_);
    bench->acks_.push_back({GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(element), "stream")), ack->ack_type, now});
  }

  // In threads of the library.
  void OnMessage(GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
      GError* error = nullptr;
      gst_message_parse_error(message, &error, nullptr);
      if (errors_++ == 0) {
        error_ = error->message;
      }
      g_error_free(error);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
      eos_ = true;
    }
  }

  void AwaitEos() const {
    for (const auto begin = Clock::now(); !eos_ && errors_ == 0;) {
      if (Clock::now() - begin > kPatience) {
        Die("no EOS");
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void Begin() {
    for (const Source& source : sources_) {
      gst_pad_push_event(source.pad, gst_event_new_stream_start("bench"));
      gst_pad_push_event(source.pad, gst_event_new_caps(clips_[source.track].caps));
      GstSegment segment;
      gst_segment_init(&segment, GST_FORMAT_TIME);
      gst_pad_push_event(source.pad, gst_event_new_segment(&segment));
    }
  }

  GstClockTime NextTime(const Source& source) const {
    return source.start + GST_BUFFER_PTS(clips_[source.track].buffers[source.next]);
  }

  // When its first frame is due, from the begin of all.
  GstClockTime BeginOf(const Source& source) const {
    return static_cast<GstClockTime>(options_.apart * static_cast<double>(GST_SECOND)) * source.stream / options_.streams;
  }

  void Push(Source& source) {
    const Clip& clip = clips_[source.track];
    GstBuffer* const original = clip.buffers[source.next];
    GstBuffer* const buffer = gst_buffer_copy(original);
    GST_BUFFER_PTS(buffer) += source.start;
    const std::size_t size = gst_buffer_get_size(buffer);
    if (!options_.log.empty()) {
      log_.push_back({source.stream, source.track, WallMicros(), !GST_BUFFER_FLAG_IS_SET(original, GST_BUFFER_FLAG_DELTA_UNIT), size});
    }
    if (gst_pad_push(source.pad, buffer) != GST_FLOW_OK) {
      Die("a frame is refused");
    }
    ++frames_;
    bytes_ += size;
    if (++source.next == clip.buffers.size()) {
      source.next = 0;
      source.start += clip.duration;
    }
  }

  void PushByTheClock(Sample& begin) {
    std::priority_queue<Due> queue;
    const Clip& picture = clips_[0];
    const GstClockTime frame = picture.duration / picture.buffers.size();
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      queue.push({BeginOf(sources_[i]), i});
    }
    const auto start = Clock::now();
    const auto warm = static_cast<GstClockTime>(options_.warm_up * static_cast<double>(GST_SECOND));
    const auto end = static_cast<GstClockTime>((options_.warm_up + options_.seconds) * static_cast<double>(GST_SECOND));
    if (!options_.log.empty()) {
      const std::size_t rate = sources_.size() * (GST_SECOND / frame + 50);
      log_.reserve(rate * static_cast<std::size_t>(options_.warm_up + options_.seconds + 1));
      acks_.reserve(log_.capacity());
    }
    bool measuring = false;
    // Times are rounded down: the first frame of one more fragment is none of these.
    while (queue.top().at + GST_MSECOND < end) {
      const Due due = queue.top();
      queue.pop();
      if (!measuring && due.at >= warm) {
        sent_ = SumOfStats("bytes-sent");
        begin = Take();
        measuring = true;
      }
      const auto when = start + std::chrono::nanoseconds(due.at);
      std::this_thread::sleep_until(when);
      late_ = std::max(late_, Clock::now() - when);
      Source& source = sources_[due.source];
      Push(source);
      queue.push({BeginOf(source) + NextTime(source), due.source});
    }
  }

  void PushAll() {
    const auto end = static_cast<GstClockTime>(options_.seconds * static_cast<double>(GST_SECOND));
    for (std::size_t part = 0; part < kParts; ++part) {
      const Sample before = Take();
      while (NextTime(sources_[0]) < end * (part + 1) / kParts) {
        // The tracks in the order of their times.
        const auto first = std::min_element(sources_.begin(), sources_.end(),
                                            [this](const Source& a, const Source& b) { return NextTime(a) < NextTime(b); });
        Push(*first);
      }
      const Sample after = Take();
      parts_.push_back((after.pusher_cpu - before.pusher_cpu) * 1e6 / static_cast<double>(std::max<std::uint64_t>(after.frames - before.frames, 1)));
    }
  }

  Sample Take() {
    Sample sample;
    rusage usage{};
    getrusage(RUSAGE_THREAD, &usage);
    timespec thread{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &thread);
    sample.pusher_cpu = static_cast<double>(thread.tv_sec) + static_cast<double>(thread.tv_nsec) * 1e-9;
    getrusage(RUSAGE_SELF, &usage);
    sample.cpu = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
    sample.switches = usage.ru_nvcsw + usage.ru_nivcsw;
    sample.allocations = allocations;
    if (system_call_counter_ >= 0 && read(system_call_counter_, &sample.system_calls, sizeof sample.system_calls) < 0) {
      Die("cannot count system calls");
    }
    sample.frames = frames_;
    sample.bytes = bytes_;
    sample.at = Clock::now();
    return sample;
  }

  // A counter of the property "stats", of all streams.
  std::uint64_t SumOfStats(const char* name) const {
    std::uint64_t sum = 0;
    for (GstElement* const element : elements_) {
      GstStructure* stats = nullptr;
      g_object_get(element, "stats", &stats, nullptr);
      std::uint64_t bytes = 0;
      if (gst_structure_get(stats, name, G_TYPE_UINT64, &bytes, nullptr) == FALSE) {
        Die(std::string("stats without ") + name);
      }
      sum += bytes;
      gst_structure_free(stats);
    }
    return sum;
  }

  void Print(const Sample& begin, const Sample& end, const Held& after, double play, double eos, double stop) const {
    std::cout << R"({"frames":)" << end.frames - begin.frames << R"(,"bytes":)" << end.bytes - begin.bytes << R"(,"all_frames":)" << end.frames
              << R"(,"seconds":)" << std::chrono::duration<double>(end.at - begin.at).count() << R"(,"cpu":)" << end.cpu - begin.cpu
              << R"(,"pusher_cpu":)" << end.pusher_cpu - begin.pusher_cpu << R"(,"switches":)" << end.switches - begin.switches
              << R"(,"allocations":)" << end.allocations - begin.allocations << R"(,"system_calls":)"
              << (system_call_counter_ >= 0 ? std::to_string(end.system_calls - begin.system_calls) : "null") << R"(,"after":)" << after << R"(,"stored":)" << stored_ << R"(,"sent":)" << sent_ << R"(,"play_at_us":)" << play_at_ << R"(,"to_playing_ms":)" << play << R"(,"to_eos_ms":)" << eos
              << R"(,"to_null_ms":)" << stop << R"(,"late_ms":)" << Millis(late_) << R"(,"push_us":[)";
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      std::cout << (i == 0 ? "" : ",") << parts_[i];
    }
    std::cout << "]}\n" << std::flush;
  }

  void WriteLog() {
    if (options_.log.empty()) {
      return;
    }
    std::ofstream file(options_.log);
    for (const LogLine& line : log_) {
      file << line.stream << ' ' << line.track << ' ' << line.micros << ' ' << line.key << ' ' << line.size << '\n';
    }
    const std::lock_guard<std::mutex> lock(ack_mutex_);
    for (const AckLine& line : acks_) {
      file << "ack " << line.stream << ' ' << line.type << ' ' << line.micros << '\n';
    }
  }

  const Options options_;
  const std::vector<Clip> clips_;
  const int system_call_counter_ = OpenSystemCallCounter();  // before any thread begins
  GstElement* const pipeline_;
  GstBus* const bus_;
  std::vector<GstElement*> elements_;  // not fakesinks
  std::vector<Source> sources_;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;
  std::int64_t play_at_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t sent_ = 0;
  Clock::duration late_{};
  std::vector<double> parts_;
  std::vector<LogLine> log_;
  std::mutex ack_mutex_;
  std::vector<AckLine> acks_;
  std::atomic<int> errors_ = 0;
  std::string error_;
  std::atomic<bool> eos_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  const Options options = ReadOptions(argc, argv);
  std::vector<Clip> clips = Read(options.file, options.sound);
  if (options.bits != 0 && options.rate != 0) {
    Replace(clips[0], options.bits, options.rate);
  }
  // What reading has left is not to be what the sinks are made of.
  malloc_trim(0);
  Bench bench(options, std::move(clips));
  bench.Run();
}
