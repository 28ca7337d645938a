// Streams for 20 seconds, then nothing for 40, and so on: what a camera does that is woken by something. At the end of each 20 seconds
// EOS makes kvssink upload everything; a flush takes the EOS back, and the same pipeline goes on. By name and command line the program
// of Amazon's SDK.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <string>

#include "samples/common/command_line.h"
#include "samples/common/loop.h"
#include "samples/common/sink.h"
#include "samples/common/sources.h"

namespace {

using std::chrono::seconds;

constexpr char kUsage[] =
    "usage: kvssink_intermittent_sample [STREAM] [testsrc|devicesrc] [SECONDS]\n"
    "       20 seconds on, 40 seconds off, for 320 seconds where nothing else is said\n";
constexpr char kDefaultStream[] = "DEFAULT_STREAM";
constexpr seconds kOn(20);
constexpr seconds kOff(40);
constexpr std::uint64_t kDefaultSeconds = 320;
// What Amazon's program ends with when its arguments make no sense.
constexpr int kExitBadUsage = -1;

class Intermittent {
 public:
  Intermittent(GstElement* pipeline, seconds runtime) : pipeline_(pipeline), runtime_(runtime) {}

  // The exit status.
  int Run() {
    loop_.OnSignal([this] { Finish(); });
    loop_.After(runtime_, [this] { Finish(); });
    samples::Loop::OnMessage(pipeline_, [this](GstMessage* message) { OnMessage(message); });
    loop_.After(kOn, [this] { Pause(); });
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
    loop_.Run();
    samples::Loop::Forget(pipeline_);
    samples::StopPipeline(pipeline_);
    return failed_ ? 1 : 0;
  }

 private:
  void Pause() {
    if (finishing_) {
      return;
    }
    resting_ = true;
    gst_element_send_event(pipeline_, gst_event_new_eos());
  }

  void Resume() {
    if (finishing_) {
      return;
    }
    const samples::ElementPtr source(gst_bin_get_by_name(GST_BIN(pipeline_), "source"));
    // They take the EOS back, and kvssink begins a new time line with the next frame.
    gst_element_send_event(source.get(), gst_event_new_flush_start());
    gst_element_send_event(source.get(), gst_event_new_flush_stop(TRUE));
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
    resting_ = false;
    std::cout << "on again\n" << std::flush;
    loop_.After(kOn, [this] { Pause(); });
  }

  void Finish() {
    finishing_ = true;
    // While it rests everything is uploaded already.
    if (resting_ || !samples::EndInOrder(pipeline_)) {
      loop_.Quit();
    }
  }

  void OnMessage(GstMessage* message) {
    samples::PrintMessage("", message);
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
      failed_ = true;
      loop_.Quit();
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS && finishing_) {
      loop_.Quit();
    } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
      // The time at which it rests is no running time, so that the source is not late afterwards.
      gst_element_set_state(pipeline_, GST_STATE_PAUSED);
      std::cout << "everything is uploaded; off for " << kOff.count() << " s\n" << std::flush;
      loop_.After(kOff, [this] { Resume(); });
    }
  }

  samples::Loop loop_;
  GstElement* const pipeline_;
  const seconds runtime_;
  bool resting_ = false;    // from the EOS on
  bool finishing_ = false;  // the time is over, or a signal came
  bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  words.plain.resize(std::max<std::size_t>(words.plain.size(), 3));
  const std::string stream = words.plain[0].empty() ? kDefaultStream : words.plain[0];
  const std::string source = words.plain[1].empty() ? "testsrc" : words.plain[1];
  const auto length = words.plain[2].empty() ? kDefaultSeconds : samples::ReadNumber(words.plain[2]);
  if (words.problem.empty() && source != "testsrc" && source != "devicesrc") {
    words.problem = "the source is testsrc or devicesrc, not \"" + source + "\"";
  } else if (words.problem.empty() && (!length.has_value() || *length == 0 || *length > G_MAXINT / 1000)) {
    words.problem = "\"" + words.plain[2] + "\" is no number of seconds";
  } else if (words.problem.empty() && words.plain.size() > 3) {
    words.problem = "there is one argument too many";
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage("kvssink_intermittent_sample", words.problem, kExitBadUsage);
  }

  const samples::ElementPtr pipeline(gst_pipeline_new(nullptr));
  GstElement* const sink = samples::AddSink(pipeline.get(), stream, samples::CredentialOrder::kIotFirst);
  if (sink == nullptr) {
    return 1;
  }
  samples::CameraWish wish;
  wish.key_frame_distance = 120;
  if (source == "testsrc") {
    wish.width = 640;
    wish.height = 480;
    wish.frames_per_second = 30;
  }
  const std::string problem = source == "testsrc" ? samples::AddTestPicture(pipeline.get(), sink, wish)
                                                  : samples::AddCamera(pipeline.get(), sink, wish);
  if (!problem.empty()) {
    std::cerr << "error: " << problem << "\n";
    return 1;
  }
  const int status = Intermittent(pipeline.get(), seconds(*length)).Run();
  samples::PrintTotals(stream, samples::ReadTotals(sink));
  return status;
}
