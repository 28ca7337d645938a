// Streams many network cameras in one process, each to a stream of its own. A camera that goes away is asked again, later and later up
// to once a minute, and the others go on meanwhile. A line of status says every few seconds how all of them are.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "samples/common/command_line.h"
#include "samples/common/loop.h"
#include "samples/common/sink.h"
#include "samples/common/sources.h"

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr char kProgram[] = "gateway";
constexpr char kUsage[] =
    "usage: gateway FILE [--prefix NAME] [--status SECONDS] [--storage-size MIB] [--runtime SECONDS]\n"
    "       FILE has a camera in each line: rtsp://HOST/PATH, or STREAM rtsp://HOST/PATH. What follows # is a remark.\n"
    "       Where no stream is named, it is camera_0, camera_1, ... by the number of the camera; --prefix: instead of camera.\n"
    "       --status: a line of status so often, 5 where nothing else is said; --storage-size: held for each camera, 16.\n";
constexpr std::uint32_t kDefaultStatus = 5;
constexpr std::uint32_t kDefaultStorage = 16;
constexpr milliseconds kFirstPause = seconds(1);
constexpr milliseconds kLongestPause = seconds(60);
// A camera whose connection stays open and that sends nothing for so long is asked again.
constexpr milliseconds kSilence = seconds(20);
constexpr milliseconds kSilenceCheck = seconds(5);

struct Settings {
  std::uint32_t storage_mib = kDefaultStorage;
};

// One camera and its stream, for as long as the program runs.
class Camera {
 public:
  Camera(samples::Loop& loop, std::string stream, std::string url, Settings settings)
      : loop_(loop), stream_(std::move(stream)), url_(std::move(url)), settings_(settings) {}
  ~Camera() { Close(); }
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;

  void Start() {
    pipeline_.reset(gst_pipeline_new(nullptr));
    sink_ = samples::AddSink(pipeline_.get(), stream_, samples::CredentialOrder::kKeysFirst);
    std::string problem = sink_ == nullptr ? "there is no kvssink" : "";
    if (sink_ != nullptr) {
      // Acknowledgements would be most of the messages, and nobody here reads them.
      g_object_set(sink_, "storage-size", settings_.storage_mib, nullptr);
      problem = samples::AddRtsp(pipeline_.get(), sink_, url_, samples::Tracks::kVideoAndAudio);
    }
    if (!problem.empty()) {
      Retry(problem);
      return;
    }
    // One connection for each camera, also through firewalls; and the camera's own clock, where it tells it.
    const samples::ElementPtr source(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "source"));
    gst_util_set_object_arg(G_OBJECT(source.get()), "protocols", "tcp");
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(source.get()), "add-reference-timestamp-meta") != nullptr) {
      g_object_set(source.get(), "add-reference-timestamp-meta", TRUE, nullptr);
    }
    samples::Loop::OnMessage(pipeline_.get(), [this](GstMessage* message) { OnMessage(message); });
    frames_ = 0;
    silent_for_ = milliseconds(0);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }

  // Ends the upload in order; false when there is nothing to wait for.
  bool Finish() {
    finishing_ = true;
    return pipeline_ != nullptr && samples::EndInOrder(pipeline_.get());
  }

  // Lets the pipeline go. What kvssink still holds is uploaded behind.
  void Close() {
    if (pipeline_ == nullptr) {
      return;
    }
    samples::Loop::Forget(pipeline_.get());
    samples::StopPipeline(pipeline_.get());
    if (sink_ != nullptr) {
      before_ += samples::ReadTotals(sink_);
    }
    sink_ = nullptr;
    pipeline_.reset();
  }

  // Called every kSilenceCheck.
  void CheckSilence() {
    if (sink_ == nullptr || finishing_) {
      return;
    }
    const std::uint64_t frames = samples::ReadTotals(sink_).frames_put;
    silent_for_ = frames != frames_ ? milliseconds(0) : silent_for_ + kSilenceCheck;
    frames_ = frames;
    if (frames > 0) {
      pause_ = kFirstPause;
    }
    if (silent_for_ >= kSilence) {
      Retry("nothing came for " + std::to_string(kSilence / seconds(1)) + " s");
    }
  }

  // Of all its pipelines.
  [[nodiscard]] samples::Totals totals() const {
    samples::Totals totals = before_;
    if (sink_ != nullptr) {
      totals += samples::ReadTotals(sink_);
    }
    return totals;
  }
  [[nodiscard]] bool waiting() const { return pipeline_ == nullptr; }

  // When the end of this camera was waited for: called when it is there.
  std::function<void()> on_finished;

 private:
  void OnMessage(GstMessage* message) {
    const bool error = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
    if (error) {
      samples::PrintMessage(stream_, message);
    }
    if (!error && GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
      return;
    }
    if (finishing_) {
      on_finished();
    } else {
      Retry(error ? "the camera or the upload failed" : "the camera has ended");
    }
  }

  void Retry(const std::string& reason) {
    // Not all at the same moment after a switch was restarted: between a half and the whole of the pause.
    const milliseconds pause = pause_ / 2 + milliseconds(std::uniform_int_distribution<std::int64_t>(0, pause_.count() / 2)(random_));
    pause_ = std::min(pause_ * 2, kLongestPause);
    std::cout << stream_ << ": " << reason << "; asked again in " << pause.count() << " ms\n" << std::flush;
    // Not now: this is called from a handler of the pipeline's messages.
    loop_.After(milliseconds(0), [this] { Close(); });
    loop_.After(pause, [this] {
      Close();
      if (!finishing_) {
        Start();
      }
    });
  }

  samples::Loop& loop_;
  const std::string stream_;
  const std::string url_;
  const Settings settings_;
  samples::ElementPtr pipeline_;
  GstElement* sink_ = nullptr;  // of the pipeline
  samples::Totals before_;      // of pipelines that have ended
  milliseconds pause_ = kFirstPause;
  milliseconds silent_for_{0};
  std::uint64_t frames_ = 0;
  bool finishing_ = false;
  std::minstd_rand random_{std::random_device()()};
};

using Cameras = std::vector<std::unique_ptr<Camera>>;

// Reads the list of cameras; what is wrong with it, or nothing.
std::string ReadCameras(const std::string& path, const std::string& prefix, samples::Loop& loop, Settings settings, Cameras& cameras) {
  std::ifstream file(path);
  if (!file) {
    return "cannot read " + path;
  }
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string first;
    std::string second;
    words >> first >> second;
    if (first.empty()) {
      continue;
    }
    const std::string& url = second.empty() ? first : second;
    if (!url.starts_with("rtsp")) {
      return "line " + std::to_string(number) + " of " + path + " has no rtsp:// URL";
    }
    const std::string stream = second.empty() ? prefix + "_" + std::to_string(cameras.size()) : first;
    cameras.push_back(std::make_unique<Camera>(loop, stream, url, settings));
  }
  return cameras.empty() ? "there are no cameras in " + path : "";
}

// Prints one line for all cameras.
class StatusLine {
 public:
  StatusLine(const Cameras& cameras, seconds period) : cameras_(cameras), period_(period), frames_(cameras.size(), 0) {}

  void Print() {
    std::size_t streaming = 0;
    std::size_t waiting = 0;
    samples::Totals all;
    for (std::size_t i = 0; i < cameras_.size(); ++i) {
      const samples::Totals totals = cameras_[i]->totals();
      streaming += totals.frames_put > frames_[i] ? 1U : 0U;
      waiting += cameras_[i]->waiting() ? 1U : 0U;
      frames_[i] = totals.frames_put;
      all += totals;
    }
    elapsed_ += period_;
    const auto period = static_cast<std::uint64_t>(period_.count());
    std::cout << elapsed_.count() << " s: " << streaming << " of " << cameras_.size() << " streaming, " << waiting << " to be asked again, "
              << (all.frames_put - before_.frames_put) / period << " frames/s, " << (all.bytes_sent - before_.bytes_sent) / period / 1000
              << " kB/s, " << all.fragments_persisted << " fragments persisted, " << all.frames_lost << " frames lost\n"
              << std::flush;
    before_ = all;
  }

 private:
  const Cameras& cameras_;
  const seconds period_;
  seconds elapsed_{0};
  std::vector<std::uint64_t> frames_;  // of each camera, when the last line was printed
  samples::Totals before_;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {"prefix", "status", "storage-size", "runtime"});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  const seconds status(words.Number("status", 1, kDefaultStatus));
  const seconds runtime(words.Number("runtime", 0, 0));
  const Settings settings{words.Number("storage-size", 1, kDefaultStorage)};
  samples::Loop loop;
  Cameras cameras;
  if (words.problem.empty()) {
    words.problem = words.plain.size() != 1
                        ? "one file with cameras is wanted"
                        : ReadCameras(words.plain[0], words.Get("prefix").value_or("camera"), loop, settings, cameras);
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }

  std::size_t finishing = 0;
  const auto finished = [&] {
    if (--finishing == 0) {
      loop.Quit();
    }
  };
  const auto finish = [&] {
    finishing = 1;  // until all were told
    for (const std::unique_ptr<Camera>& camera : cameras) {
      finishing += camera->Finish() ? 1U : 0U;
    }
    finished();
  };
  for (const std::unique_ptr<Camera>& camera : cameras) {
    camera->on_finished = [&, done = false]() mutable {
      if (!std::exchange(done, true)) {
        finished();
      }
    };
    camera->Start();
  }
  loop.OnSignal(finish);
  if (runtime > seconds(0)) {
    loop.After(runtime, [&] {
      if (finishing == 0) {
        finish();
      }
    });
  }
  StatusLine line(cameras, status);
  loop.Every(status, [&line] { line.Print(); });
  loop.Every(kSilenceCheck, [&cameras] {
    for (const std::unique_ptr<Camera>& camera : cameras) {
      camera->CheckSilence();
    }
  });
  loop.Run();
  samples::Totals all;
  for (const std::unique_ptr<Camera>& camera : cameras) {
    camera->Close();
    all += camera->totals();
  }
  samples::PrintTotals("all cameras", all);
  return 0;
}
