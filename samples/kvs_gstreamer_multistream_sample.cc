// Streams several network cameras, each to a stream of its own, BASE_0, BASE_1, ... A camera that fails or ends leaves the others alone;
// gateway also asks it again. By name and command line the program of Amazon's SDK, which takes frames out of appsinks and puts them
// with the C++ API; kvssink does that here, over one network thread for all streams.
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include "samples/common/command_line.h"
#include "samples/common/loop.h"
#include "samples/common/sink.h"
#include "samples/common/sources.h"

namespace {

constexpr char kProgram[] = "kvs_gstreamer_multistream_sample";
constexpr char kUsage[] =
    "usage: kvs_gstreamer_multistream_sample BASE-NAME FILE\n"
    "       FILE has URLs, rtsp://HOST/PATH, with white space between them\n";

struct Camera {
  std::string stream;
  samples::ElementPtr pipeline;
  bool playing = true;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  if (words.problem.empty() && words.plain.size() != 2) {
    words.problem = "a name for the streams and a file with URLs are wanted";
  }
  std::vector<std::string> urls;
  if (words.problem.empty()) {
    std::ifstream file(words.plain[1]);
    urls.assign(std::istream_iterator<std::string>(file), {});
    if (urls.empty()) {
      words.problem = "there are no URLs in " + words.plain[1];
    }
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }

  samples::Loop loop;
  std::vector<Camera> cameras;
  std::size_t playing = urls.size();
  bool failed = false;
  const auto end = [&](Camera& camera) {
    camera.playing = false;
    if (--playing == 0) {
      loop.Quit();
    }
  };
  for (std::size_t i = 0; i < urls.size(); ++i) {
    cameras.push_back({words.plain[0] + "_" + std::to_string(i), samples::ElementPtr(gst_pipeline_new(nullptr))});
  }
  for (std::size_t i = 0; i < urls.size(); ++i) {
    Camera& camera = cameras[i];
    GstElement* const sink = samples::AddSink(camera.pipeline.get(), camera.stream, samples::CredentialOrder::kKeysFirst);
    if (sink == nullptr) {
      return 1;
    }
    if (const std::string problem = samples::AddRtsp(camera.pipeline.get(), sink, urls[i], samples::Tracks::kVideo); !problem.empty()) {
      std::cerr << "error: " << problem << "\n";
      return 1;
    }
    samples::Loop::OnMessage(camera.pipeline.get(), [&, i](GstMessage* message) {
      Camera& from = cameras[i];
      samples::PrintMessage(from.stream, message);
      const bool error = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
      if (from.playing && (error || GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS)) {
        failed = failed || error;
        end(from);
      }
    });
  }
  loop.OnSignal([&] {
    for (Camera& camera : cameras) {
      if (camera.playing && !samples::EndInOrder(camera.pipeline.get())) {
        end(camera);
      }
    }
  });
  for (const Camera& camera : cameras) {
    gst_element_set_state(camera.pipeline.get(), GST_STATE_PLAYING);
  }
  loop.Run();
  for (const Camera& camera : cameras) {
    const samples::ElementPtr sink(gst_bin_get_by_name(GST_BIN(camera.pipeline.get()), samples::kSinkName));
    samples::Loop::Forget(camera.pipeline.get());
    samples::StopPipeline(camera.pipeline.get());
    samples::PrintTotals(camera.stream, samples::ReadTotals(sink.get()));
  }
  return failed ? 1 : 0;
}
