// Uploads a recording under the time at which it was made, and says how far it is. The time is given, or that which the file itself
// carries. The exit status is 0 when every frame is persisted, and 1 otherwise.
#include <chrono>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>

#include "samples/common/command_line.h"
#include "samples/common/loop.h"
#include "samples/common/sink.h"
#include "samples/common/sources.h"

namespace {

using std::chrono::nanoseconds;

constexpr char kProgram[] = "upload_recording";
constexpr char kUsage[] =
    "usage: upload_recording STREAM FILE [--start-time TIME]\n"
    "       TIME is when the recording began: seconds since 1970, 2024-05-01T12:00:00Z, or now.\n"
    "       Without it: the time of creation that the file carries.\n";
constexpr std::chrono::seconds kProgressPeriod(2);
// Enough for the largest file whose first frames are looked at over a slow disk.
constexpr GstClockTime kInspectTimeout = 30 * GST_SECOND;

struct Recording {
  std::string problem;
  // Seconds since 1970; not set: the file says nothing of it.
  std::optional<std::uint64_t> created;
  nanoseconds length{0};
};

std::optional<std::uint64_t> SecondsSince1970(const GstDateTime* time) {
  GDateTime* const date = gst_date_time_to_g_date_time(const_cast<GstDateTime*>(time));
  if (date == nullptr) {
    return std::nullopt;  // it is less than a date and a time of day
  }
  const gint64 seconds = g_date_time_to_unix(date);
  g_date_time_unref(date);
  return seconds > 0 ? std::optional(static_cast<std::uint64_t>(seconds)) : std::nullopt;
}

// "now", seconds, or a date and a time of day in UTC.
std::optional<std::uint64_t> ReadTime(const std::string& text) {
  if (text == "now") {
    return static_cast<std::uint64_t>(std::time(nullptr));
  }
  if (const auto seconds = samples::ReadNumber(text)) {
    return seconds;
  }
  GstDateTime* const time = gst_date_time_new_from_iso8601_string(text.c_str());
  if (time == nullptr) {
    return std::nullopt;
  }
  const auto seconds = gst_date_time_has_time(time) != FALSE ? SecondsSince1970(time) : std::nullopt;
  gst_date_time_unref(time);
  return seconds;
}

std::string TimeText(std::uint64_t seconds) {
  GDateTime* const date = g_date_time_new_from_unix_utc(static_cast<gint64>(seconds));
  const samples::TextPtr text(g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ"));
  g_date_time_unref(date);
  return text.get();
}

void ReadTags(GstMessage* message, Recording& recording) {
  GstTagList* tags = nullptr;
  gst_message_parse_tag(message, &tags);
  GstDateTime* time = nullptr;
  if (gst_tag_list_get_date_time(tags, GST_TAG_DATE_TIME, &time) != FALSE) {
    if (gst_date_time_has_time(time) != FALSE && !recording.created.has_value()) {
      recording.created = SecondsSince1970(time);
    }
    gst_date_time_unref(time);
  }
  gst_tag_list_unref(tags);
}

// Reads the begin of a file: what it says about itself.
Recording Inspect(const std::string& path) {
  Recording recording;
  const samples::ElementPtr pipeline(gst_pipeline_new(nullptr));
  GstElement* const parser = samples::AddParsedFile(pipeline.get(), path);
  if (parser == nullptr) {
    recording.problem = "GStreamer lacks filesrc or parsebin";
    return recording;
  }
  const auto end_track = +[](GstElement* /*parser*/, GstPad* pad, gpointer bin) {
    // With a queue, as each end waits with its first frame in hand.
    GstElement* const end = gst_parse_bin_from_description("queue ! fakesink", TRUE, nullptr);
    gst_bin_add(GST_BIN(bin), end);
    const samples::PadPtr into(gst_element_get_static_pad(end, "sink"));
    gst_pad_link(pad, into.get());
    gst_element_sync_state_with_parent(end);
  };
  g_signal_connect(parser, "pad-added", G_CALLBACK(end_track), pipeline.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PAUSED);
  const samples::BusPtr bus(gst_element_get_bus(pipeline.get()));
  constexpr auto kTypes = static_cast<GstMessageType>(GST_MESSAGE_TAG | GST_MESSAGE_ERROR | GST_MESSAGE_ASYNC_DONE);
  for (bool done = false; !done;) {
    const samples::MessagePtr message(gst_bus_timed_pop_filtered(bus.get(), kInspectTimeout, kTypes));
    if (message == nullptr) {
      recording.problem = "it has no begin that can be read";
      break;
    }
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_TAG) {
      ReadTags(message.get(), recording);
      continue;
    }
    done = true;
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
      GError* error = nullptr;
      gst_message_parse_error(message.get(), &error, nullptr);
      recording.problem = error->message;
      g_error_free(error);
    }
  }
  gint64 length = 0;
  if (gst_element_query_duration(pipeline.get(), GST_FORMAT_TIME, &length) != FALSE) {
    recording.length = nanoseconds(length);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return recording;
}

void PrintProgress(GstElement* sink, const Recording& recording) {
  gint64 position = 0;
  if (gst_element_query_position(sink, GST_FORMAT_TIME, &position) == FALSE) {
    return;
  }
  const auto seconds = [](nanoseconds time) { return std::chrono::duration_cast<std::chrono::seconds>(time).count(); };
  const samples::Totals totals = samples::ReadTotals(sink);
  std::cout << seconds(nanoseconds(position)) << " of " << seconds(recording.length) << " s read, " << totals.fragments_persisted
            << " fragments persisted\n"
            << std::flush;
}

// The exit status.
int Upload(const std::string& stream, const std::string& path, const Recording& recording, std::uint64_t start) {
  const samples::ElementPtr pipeline(gst_pipeline_new(nullptr));
  GstElement* const sink = samples::AddSink(pipeline.get(), stream, samples::CredentialOrder::kKeysFirst);
  if (sink == nullptr || !samples::SetProperty(sink, "streaming-type", "offline")) {
    return 1;
  }
  g_object_set(sink, "file-start-time", static_cast<guint64>(start), nullptr);
  if (const std::string problem = samples::AddFile(pipeline.get(), sink, path, samples::Tracks::kVideoAndAudio); !problem.empty()) {
    std::cerr << "error: " << problem << "\n";
    return 1;
  }
  samples::RunOptions options;
  options.name = path;
  options.live = false;
  options.period = kProgressPeriod;
  options.on_period = [&] { PrintProgress(sink, recording); };
  const samples::Ending ending = samples::Run(pipeline.get(), options);
  const samples::Totals totals = samples::ReadTotals(sink);
  samples::PrintTotals(path, totals);
  if (ending == samples::Ending::kEnd && totals.complete()) {
    return 0;
  }
  std::cerr << path << ": " << (ending == samples::Ending::kInterrupted ? "interrupted, " : "") << "not everything is persisted\n";
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {"start-time"});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  std::optional<std::uint64_t> start;
  if (words.problem.empty() && words.plain.size() != 2) {
    words.problem = "a stream and a file are wanted";
  } else if (const auto text = words.Get("start-time"); words.problem.empty() && text.has_value()) {
    start = ReadTime(*text);
    if (!start.has_value()) {
      words.problem = "\"" + *text + "\" is no time";
    }
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }
  const std::string& path = words.plain[1];
  const Recording recording = Inspect(path);
  if (!recording.problem.empty()) {
    std::cerr << path << ": " << recording.problem << "\n";
    return 1;
  }
  if (!start.has_value()) {
    start = recording.created;
  }
  if (!start.has_value()) {
    std::cerr << path << " does not say when it was made; give --start-time, or --start-time now\n";
    return 1;
  }
  std::cout << path << ": recorded at " << TimeText(*start) << (words.Get("start-time").has_value() ? "" : ", as it says itself") << "\n"
            << std::flush;
  return Upload(words.plain[0], path, recording, *start);
}
