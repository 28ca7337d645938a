// Uploads one file under the time at which it was recorded. By name, command line and environment the program of Amazon's SDK; the exit
// status says whether everything is persisted, and a start time of 0 is now.
#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "samples/common/command_line.h"
#include "samples/common/stream_sample.h"

namespace {

constexpr char kProgram[] = "kvs_gstreamer_file_uploader_sample";
constexpr char kUsage[] =
    "usage: kvs_gstreamer_file_uploader_sample STREAM FILE START-TIME [video-only|audio-video]\n"
    "       START-TIME is when the recording began, in seconds since 1970; 0: now\n"
    "       KVS_IOT_CERTIFICATE, KVS_RETENTION_PERIOD and KVS_STORAGE_SIZE set properties of kvssink\n";

// A variable, and the property that its value is given to.
struct Setting {
  const char* variable;
  const char* property;
};
constexpr std::array<Setting, 3> kSettings = {{
    {"KVS_IOT_CERTIFICATE", "iot-certificate"},
    {"KVS_RETENTION_PERIOD", "retention-period"},
    {"KVS_STORAGE_SIZE", "storage-size"},
}};

bool ApplySettings(GstElement* sink) {
  for (const Setting& setting : kSettings) {
    const char* const value = std::getenv(setting.variable);
    if (value != nullptr && *value != '\0' && !samples::SetProperty(sink, setting.property, value)) {
      return false;
    }
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  std::uint64_t start = 0;
  samples::Tracks tracks = samples::Tracks::kVideo;
  if (words.problem.empty() && (words.plain.size() < 3 || words.plain.size() > 4)) {
    words.problem = "three or four arguments are wanted";
  } else if (words.problem.empty()) {
    const auto number = samples::ReadNumber(words.plain[2]);
    start = number.value_or(0);
    if (!number.has_value()) {
      words.problem = "\"" + words.plain[2] + "\" is no time in seconds since 1970";
    } else if (words.plain.size() == 4 && words.plain[3] != "video-only" && words.plain[3] != "audio-video") {
      words.problem = "the tracks are video-only or audio-video, not \"" + words.plain[3] + "\"";
    } else if (words.plain.size() == 4 && words.plain[3] == "audio-video") {
      tracks = samples::Tracks::kVideoAndAudio;
    }
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }
  const bool whole = samples::UploadFiles(words.plain[0], {words.plain[1]}, start, tracks, samples::CredentialOrder::kKeysFirst,
                                          &ApplySettings);
  return whole ? 0 : 1;
}
