// Streams picture and sound, of this computer or of files, and asks for a notification or an image of each fragment. By name, command
// line and environment the program of Amazon's SDK, which takes frames out of two appsinks and puts them with the C++ API; kvssink does
// that here. A failure is an exit status of 1.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "samples/common/command_line.h"
#include "samples/common/stream_sample.h"

namespace {

constexpr char kProgram[] = "kvs_gstreamer_audio_video_sample";
constexpr char kUsage[] =
    "usage: kvs_gstreamer_audio_video_sample STREAM [-f FILE]... [-e notification|image|both]\n"
    "       without a file: the camera AWS_KVS_VIDEO_DEVICE and the microphone AWS_KVS_AUDIO_DEVICE, e.g. /dev/video0 and hw:0,0\n";

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {"f", "e"});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  const std::string events = words.Get("e").value_or("");
  if (words.problem.empty() && words.plain.size() != 1) {
    words.problem = words.plain.empty() ? "the name of the stream is missing" : "files are given with -f";
  } else if (words.problem.empty() && words.Get("e").has_value() && events != "notification" && events != "image" &&
             events != "both") {
    words.problem = "-e wants notification, image or both, not \"" + events + "\"";
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }

  const std::string stream = words.plain.front();
  const samples::Configure configure = [&events](GstElement* sink) {
    const bool notification = events == "notification" || events == "both";
    const bool image = events == "image" || events == "both";
    return (!notification || samples::SetProperty(sink, "notification", "1")) &&
           (!image || samples::SetProperty(sink, "image-generation", "1"));
  };
  std::vector<std::string> files;
  for (const auto& [name, value] : words.options) {
    if (name == "f") {
      files.push_back(value);
    }
  }
  if (!files.empty()) {
    return samples::UploadFiles(stream, files, 0, samples::Tracks::kVideoAndAudio, samples::CredentialOrder::kKeysFirst, configure)
               ? 0
               : 1;
  }

  samples::CameraWish wish;
  wish.device = Variable("AWS_KVS_VIDEO_DEVICE");
  const std::string microphone = Variable("AWS_KVS_AUDIO_DEVICE");
#ifndef __APPLE__  // where the system has one of each by default
  if (wish.device.empty() || microphone.empty()) {
    return samples::PrintBadUsage(kProgram, "AWS_KVS_VIDEO_DEVICE and AWS_KVS_AUDIO_DEVICE have to be set, or files given with -f");
  }
#endif
  return samples::PlayLive(stream, samples::CredentialOrder::kKeysFirst, std::chrono::seconds(0), configure,
                           [&](GstElement* pipeline, GstElement* sink) {
                             const std::string problem = samples::AddCamera(pipeline, sink, wish);
                             return problem.empty() ? samples::AddMicrophone(pipeline, sink, microphone) : problem;
                           });
}
