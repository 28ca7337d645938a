#include "samples/common/stream_sample.h"

#include <algorithm>
#include <iostream>
#include <optional>
#include <utility>

#include "samples/common/command_line.h"
#include "samples/common/loop.h"

namespace samples {
namespace {

constexpr int kTries = 3;

struct Upload {
  Ending ending = Ending::kFailed;
  Totals totals;
  // From the begin of the file to its latest frame.
  std::chrono::nanoseconds length{0};
  // What stopped it was not the file, the settings or a permission.
  bool may_pass = true;
};

bool MayPass(GstMessage* message) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const ErrorPtr error(raw);
  const bool of_sink = g_strcmp0(GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), kSinkName) == 0;
  return of_sink && (g_error_matches(raw, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_WRITE) != FALSE ||
                     g_error_matches(raw, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_WRITE) != FALSE ||
                     g_error_matches(raw, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_BUSY) != FALSE);
}

std::uint64_t SecondsNow() {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
}

std::optional<Upload> UploadOnce(const std::string& stream, const std::string& file, std::uint64_t start, Tracks tracks,
                                 CredentialOrder credentials, const Configure& configure) {
  const ElementPtr pipeline(gst_pipeline_new(nullptr));
  GstElement* const sink = AddSink(pipeline.get(), stream, credentials);
  if (sink == nullptr || !SetProperty(sink, "streaming-type", "offline") || !configure(sink)) {
    return std::nullopt;
  }
  g_object_set(sink, "file-start-time", static_cast<guint64>(start), nullptr);
  if (const std::string problem = AddFile(pipeline.get(), sink, file, tracks); !problem.empty()) {
    std::cerr << "error: " << problem << "\n";
    return std::nullopt;
  }
  Upload upload;
  RunOptions options;
  options.name = file;
  options.live = false;
  options.on_message = [&](GstMessage* message) {
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
      gint64 position = 0;
      gst_element_query_position(sink, GST_FORMAT_TIME, &position);
      upload.length = std::chrono::nanoseconds(position);
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
      upload.may_pass = MayPass(message);
    }
  };
  upload.ending = Run(pipeline.get(), options);
  upload.totals = ReadTotals(sink);
  return upload;
}

}  // namespace

bool UploadFiles(const std::string& stream, const std::vector<std::string>& files, std::uint64_t start, Tracks tracks,
                 CredentialOrder credentials, const Configure& configure) {
  std::uint64_t next = start;
  for (const std::string& file : files) {
    std::uint64_t begin = start == 0 ? std::max(next, SecondsNow()) : next;
    for (int number = 1;; ++number) {
      const std::optional<Upload> upload = UploadOnce(stream, file, begin, tracks, credentials, configure);
      if (!upload.has_value()) {
        return false;
      }
      PrintTotals(file, upload->totals);
      if (upload->ending == Ending::kEnd && upload->totals.complete()) {
        // The next one must not lie on the last second of this one.
        next = begin + static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(upload->length).count()) + 1;
        break;
      }
      if (upload->ending == Ending::kInterrupted) {
        std::cerr << "interrupted: " << file << " is not whole\n";
        return false;
      }
      // What is stored already would be stored twice. kvssink itself goes on through outages, and sends again what was lost on the way.
      if (number == kTries || !upload->may_pass || upload->totals.fragments_persisted > 0) {
        std::cerr << "error: " << file << " was not uploaded\n";
        return false;
      }
      std::cerr << file << ": try " << number + 1 << " of " << kTries << "\n";
    }
  }
  return true;
}

int PlayLive(const std::string& stream, CredentialOrder credentials, std::chrono::seconds runtime, const Configure& configure,
             const std::function<std::string(GstElement* pipeline, GstElement* sink)>& add) {
  const ElementPtr pipeline(gst_pipeline_new(nullptr));
  GstElement* const sink = AddSink(pipeline.get(), stream, credentials);
  if (sink == nullptr || !configure(sink)) {
    return 1;
  }
  if (const std::string problem = add(pipeline.get(), sink); !problem.empty()) {
    std::cerr << "error: " << problem << "\n";
    return 1;
  }
  RunOptions options;
  options.name = stream;
  options.runtime = runtime;
  const Ending ending = Run(pipeline.get(), options);
  PrintTotals(stream, ReadTotals(sink));
  return ending == Ending::kFailed ? 1 : 0;
}

int RunStreamSample(int argc, char** argv, const StreamSample& sample) {
  gst_init(&argc, &argv);
  std::vector<std::string> options = {"w", "h", "f", "b"};
  if (sample.has_runtime) {
    options.emplace_back("runtime");
  }
  Words words = ReadWords(argc, argv, options);
  if (words.help) {
    return PrintHelp(sample.usage);
  }
  CameraWish wish;
  wish.width = static_cast<int>(words.Number("w", 1, 0));
  wish.height = static_cast<int>(words.Number("h", 1, 0));
  wish.frames_per_second = static_cast<int>(words.Number("f", 1, 0));
  wish.kilobits_per_second = static_cast<int>(words.Number("b", 1, static_cast<std::uint32_t>(wish.kilobits_per_second)));
  const std::chrono::seconds runtime(words.Number("runtime", 0, 0));
  if (words.problem.empty() && words.plain.empty()) {
    words.problem = "the name of the stream is missing";
  } else if (words.problem.empty() && (wish.width == 0) != (wish.height == 0)) {
    words.problem = "-w and -h go together";
  }
  if (!words.problem.empty()) {
    return PrintBadUsage(sample.program, words.problem);
  }

  const std::string stream = words.plain.front();
  const std::vector<std::string> sources(words.plain.begin() + 1, words.plain.end());
  const Configure configure = [&sample](GstElement* sink) {
    return !sample.ask_for_events || (SetProperty(sink, "notification", "1") && SetProperty(sink, "image-generation", "1"));
  };
  if (sources.empty()) {
    return PlayLive(stream, sample.credentials, runtime, configure,
                    [&wish](GstElement* pipeline, GstElement* sink) { return AddCamera(pipeline, sink, wish); });
  }
  if (sources.front().starts_with("rtsp")) {
    return PlayLive(stream, sample.credentials, runtime, configure, [&sources](GstElement* pipeline, GstElement* sink) {
      return AddRtsp(pipeline, sink, sources.front(), Tracks::kVideo);
    });
  }
  return UploadFiles(stream, sources, 0, Tracks::kVideo, sample.credentials, configure) ? 0 : 1;
}

}  // namespace samples
