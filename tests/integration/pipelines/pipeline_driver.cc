// pipeline_driver PIPELINE STEP...: takes a pipeline through steps and says how long each took.
//
//   state:PLAYING   sets a state (NULL, READY, PAUSED, PLAYING)
//   wait:eos        waits for a message on the bus: eos, error, or an element message by the name of its structure
//   tell:eos        the same, and tells every message of the pipeline's kvssink meanwhile, in lines of their own (below)
//   stats:NAME      tells the property "stats" of the element NAME
//   emit:trigger    emits an action signal of the element "sink", and tells its answer, "TRUE" or "FALSE"
//   run:3000        lets it run for so many milliseconds
//   signal:int      waits for SIGINT
//   send:eos        sends EOS into the pipeline
//
// Pads of an element named "src" are linked, by what their caps say of "media", to the element named so: "video", "audio". (The parser
// of launch lines links late pads, too, but not when two of them come at the same time in two threads.)
//
// At the end the pipeline goes to NULL, and when its kvssink is gone, GStreamer is shut down: what its leak tracer finds then, leaks.
//
// Prints one JSON object per step: {"step":"state:PLAYING","result":"async","ms":3,"wall_ms":1700000000000}. The exit status is 1
// when a wait was in vain.
//
// What tell: tells: {"message":"element","wall_ms":1700000000000,"text":"kvssink-connecting, stream-name=(string)s, ..."}, an error or
// warning with its text, {"message":"end-of-pad",...} when an EOS reaches a pad of the element "sink", and {"message":"stats",...}. It goes
// on for as long as it takes, and ends at an error, too.
#include <chrono>
#include <csignal>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include <gst/gst.h>

namespace {

// Only a failure waits for so long.
constexpr GstClockTime kPatience = 120 * GST_SECOND;

using Clock = std::chrono::steady_clock;

std::string SetState(GstElement* pipeline, std::string_view name) {
  const GstState state = name == "NULL"     ? GST_STATE_NULL
                         : name == "READY"  ? GST_STATE_READY
                         : name == "PAUSED" ? GST_STATE_PAUSED
                                            : GST_STATE_PLAYING;
  switch (gst_element_set_state(pipeline, state)) {
    case GST_STATE_CHANGE_FAILURE:
      return "failure";
    case GST_STATE_CHANGE_ASYNC:
      return "async";
    case GST_STATE_CHANGE_NO_PREROLL:
      return "no-preroll";
    default:
      return "success";
  }
}

template <typename Duration>
std::int64_t Millis(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

std::int64_t WallMillis() { return Millis(std::chrono::system_clock::now().time_since_epoch()); }

// A JSON string. GStreamer's texts are UTF-8 already.
std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out + '"';
}

void TellLine(std::string_view message, std::string_view text) {
  // In one piece: a streaming thread may tell something, too.
  std::cout << R"({"message":)" + Quoted(message) + R"(,"wall_ms":)" + std::to_string(WallMillis()) + R"(,"text":)" + Quoted(text) + "}\n"
            << std::flush;
}

void TellStructure(std::string_view message, const GstStructure* structure) {
  gchar* const text = gst_structure_to_string(structure);
  TellLine(message, text);
  g_free(text);
}

void Tell(GstMessage* message) {
  GError* error = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, nullptr);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning(message, &error, nullptr);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ELEMENT &&
             gst_structure_has_name(gst_message_get_structure(message), "kvssink-fragment-acked") == FALSE) {
    TellStructure("element", gst_message_get_structure(message));
  }
  if (error != nullptr) {
    TellLine(GST_MESSAGE_TYPE_NAME(message), error->message);
    g_clear_error(&error);
  }
}

GstPadProbeReturn TellEndOfPad(GstPad* pad, GstPadProbeInfo* info, gpointer /*unused*/) {
  if (GST_EVENT_TYPE(gst_pad_probe_info_get_event(info)) == GST_EVENT_EOS) {
    TellLine("end-of-pad", GST_PAD_NAME(pad));
  }
  return GST_PAD_PROBE_OK;
}

void TellEndsOfPads(GstElement* pipeline) {
  if (GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink")) {
    gst_element_foreach_sink_pad(
        sink,
        [](GstElement* /*element*/, GstPad* pad, gpointer /*unused*/) -> gboolean {
          gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, &TellEndOfPad, nullptr, nullptr);
          return TRUE;
        },
        nullptr);
    gst_object_unref(sink);
  }
}

std::string TellStats(GstElement* pipeline, std::string_view name) {
  GstElement* const element = gst_bin_get_by_name(GST_BIN(pipeline), std::string(name).c_str());
  if (element == nullptr) {
    return "error";
  }
  GstStructure* stats = nullptr;
  g_object_get(element, "stats", &stats, nullptr);
  TellStructure("stats", stats);
  gst_structure_free(stats);
  gst_object_unref(element);
  return "success";
}

std::string Emit(GstElement* pipeline, std::string_view signal) {
  GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  if (sink == nullptr) {
    return "error";
  }
  gboolean answer = FALSE;
  g_signal_emit_by_name(sink, std::string(signal).c_str(), &answer);
  gst_object_unref(sink);
  return answer != FALSE ? "TRUE" : "FALSE";
}

std::string Run(std::string_view millis) {
  g_usleep(std::stoul(std::string(millis)) * G_USEC_PER_SEC / 1000);
  return "success";
}

bool Matches(GstMessage* message, std::string_view what) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
      return what == "eos";
    case GST_MESSAGE_ERROR:
      return what == "error";
    case GST_MESSAGE_ELEMENT:
      return what == gst_structure_get_name(gst_message_get_structure(message));
    default:
      return false;
  }
}

std::string WaitFor(GstBus* bus, std::string_view what, bool tell) {
  const auto deadline = Clock::now() + std::chrono::nanoseconds(kPatience);
  while (tell || Clock::now() < deadline) {
    GstMessage* const message = gst_bus_timed_pop(bus, GST_SECOND);
    if (message == nullptr) {
      continue;
    }
    const bool found = Matches(message, what);
    const bool failed = !found && GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
    if (tell) {
      Tell(message);
    }
    gst_message_unref(message);
    if (found || failed) {
      return found ? "found" : "error";
    }
  }
  return "in vain";
}

sigset_t Interrupt() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  return set;
}

std::string WaitForInterrupt() {
  const sigset_t set = Interrupt();
  int number = 0;
  return sigwait(&set, &number) == 0 ? "found" : "error";
}

std::string SendEos(GstElement* pipeline) {
  return gst_element_send_event(pipeline, gst_event_new_eos()) != FALSE ? "success" : "error";
}

void LinkByMedia(GstElement* /*source*/, GstPad* pad, gpointer pipeline) {
  GstCaps* const caps = gst_pad_query_caps(pad, nullptr);
  const char* const media = gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
  if (GstElement* const next = media != nullptr ? gst_bin_get_by_name(GST_BIN(pipeline), media) : nullptr) {
    GstPad* const sink = gst_element_get_static_pad(next, "sink");
    gst_pad_link(pad, sink);
    gst_object_unref(sink);
    gst_object_unref(next);
  }
  gst_caps_unref(caps);
}

// Becomes ready when the pipeline's kvssink is finalized. A thread that is telling something about it may hold it for a moment.
std::future<void> EndOfSink(GstElement* pipeline) {
  auto* const end = new std::promise<void>();  // NOLINT: owned by the callback
  std::future<void> future = end->get_future();
  GstIterator* const sinks = gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), "kvssink");
  GValue value = G_VALUE_INIT;
  if (gst_iterator_next(sinks, &value) == GST_ITERATOR_OK) {
    g_object_weak_ref(
        G_OBJECT(g_value_get_object(&value)),
        [](gpointer data, GObject* /*gone*/) {
          const std::unique_ptr<std::promise<void>> owner(static_cast<std::promise<void>*>(data));
          owner->set_value();
        },
        end);
    g_value_unset(&value);
  } else {
    end->set_value();
    delete end;  // NOLINT: nobody else will
  }
  gst_iterator_free(sinks);
  return future;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t interrupt = Interrupt();
  pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);  // in all threads that are still to come
  gst_init(&argc, &argv);
  if (argc < 2) {
    std::cerr << "usage: pipeline_driver PIPELINE STEP...\n";
    return 2;
  }
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(argv[1], &error);
  if (error != nullptr) {
    std::cerr << error->message << "\n";
    g_clear_error(&error);
    return 2;
  }
  if (GstElement* const source = gst_bin_get_by_name(GST_BIN(pipeline), "src")) {
    g_signal_connect(source, "pad-added", G_CALLBACK(LinkByMedia), pipeline);
    gst_object_unref(source);
  }
  for (int i = 2; i < argc; ++i) {
    if (std::string_view(argv[i]).starts_with("tell:")) {
      TellEndsOfPads(pipeline);
    }
  }
  GstBus* const bus = gst_element_get_bus(pipeline);
  bool fine = true;
  for (int i = 2; i < argc; ++i) {
    const std::string_view step = argv[i];
    const std::string_view kind = step.substr(0, step.find(':'));
    const std::string_view argument = step.substr(step.find(':') + 1);
    const auto begin = Clock::now();
    const std::string result = kind == "state"    ? SetState(pipeline, argument)
                               : kind == "signal" ? WaitForInterrupt()
                               : kind == "send"   ? SendEos(pipeline)
                               : kind == "stats"  ? TellStats(pipeline, argument)
                               : kind == "emit"   ? Emit(pipeline, argument)
                               : kind == "run"    ? Run(argument)
                                                  : WaitFor(bus, argument, kind == "tell");
    const auto took = Clock::now() - begin;
    fine = fine && result != "in vain" && result != "error";
    std::cout << R"({"step":")" << step << R"(","result":")" << result << R"(","ms":)" << Millis(took)
              << R"(,"wall_ms":)" << WallMillis() << "}\n"
              << std::flush;
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  const std::future<void> end_of_sink = EndOfSink(pipeline);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  if (end_of_sink.wait_for(std::chrono::nanoseconds(kPatience)) != std::future_status::ready) {
    std::cerr << "somebody keeps the element\n";
    fine = false;
  }
  gst_deinit();
  return fine ? 0 : 1;
}
