// What may go with fragments: names and values for one fragment or for all that follow, and requests for a notification or an image.
// A test picture stands for the camera; each of its key frames begins a fragment, a second long.
#include <chrono>
#include <iostream>
#include <string>

#include "samples/common/command_line.h"
#include "samples/common/stream_sample.h"

namespace {

constexpr char kProgram[] = "metadata_and_events";
constexpr char kUsage[] =
    "usage: metadata_and_events STREAM [--seconds SECONDS]\n"
    "       30 seconds where nothing else is said; 0: until Ctrl-C\n";
constexpr std::uint32_t kDefaultSeconds = 30;
constexpr int kFramesPerSecond = 15;
// The story repeats itself after so many fragments.
constexpr int kDoorOpens = 2;
constexpr int kDoorCloses = 4;
constexpr int kStoryLength = 6;

// Goes with the next fragment; with all from there on when it persists, until the same name comes again. An empty value ends it.
void AddMetadata(GstPad* pad, const char* name, const std::string& value, bool persist) {
  gst_pad_push_event(pad, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                               gst_structure_new("kvs-add-metadata", "name", G_TYPE_STRING, name, "value", G_TYPE_STRING,
                                                                 value.c_str(), "persist", G_TYPE_BOOLEAN, persist, nullptr)));
  std::cout << "metadata " << name << "=" << value << (persist ? ", persistent" : "") << "\n" << std::flush;
}

// The service is asked for a notification, which brings `pairs` along.
void AskForNotification(GstPad* pad, const samples::StructurePtr& pairs) {
  gst_pad_push_event(pad, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                               gst_structure_new("kvs-add-event", "type", G_TYPE_STRING, "notification", "pairs",
                                                                 GST_TYPE_STRUCTURE, pairs.get(), nullptr)));
  std::cout << "event notification\n" << std::flush;
}

// The service is asked for an image, in a folder of the bucket that the stream is configured for.
void AskForImage(GstPad* pad, const char* folder) {
  gst_pad_push_event(pad, gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM,
                                               gst_structure_new("kvs-add-event", "type", G_TYPE_STRING, "image-generation", "prefix",
                                                                 G_TYPE_STRING, folder, nullptr)));
  std::cout << "event image-generation\n" << std::flush;
}

struct Story {
  int fragments = 0;
  GstClockTime begin = 0;  // of the latest one
};

// In front of each key frame that begins a fragment, in the streaming thread: what is pushed here goes with that fragment. A key frame
// that comes sooner than a second after the begin of the last fragment begins none.
GstPadProbeReturn OnFrame(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto* const story = static_cast<Story*>(data);
  const GstBuffer* const frame = gst_pad_probe_info_get_buffer(info);
  const GstClockTime time = GST_BUFFER_PTS(frame);
  int& fragment = story->fragments;
  if (GST_BUFFER_FLAG_IS_SET(frame, GST_BUFFER_FLAG_DELTA_UNIT) || (fragment > 0 && time < story->begin + GST_SECOND)) {
    return GST_PAD_PROBE_OK;
  }
  story->begin = time;
  if (fragment == 0) {
    AddMetadata(pad, "site", "berlin", /*persist=*/true);
  }
  AddMetadata(pad, "visitors", std::to_string(fragment), /*persist=*/false);
  if (fragment % kStoryLength == kDoorOpens) {
    AddMetadata(pad, "door", "open", /*persist=*/true);
    const samples::StructurePtr pairs(gst_structure_new("pairs", "reason", G_TYPE_STRING, "door", nullptr));
    AskForNotification(pad, pairs);
    AskForImage(pad, "door");
  } else if (fragment % kStoryLength == kDoorCloses) {
    AddMetadata(pad, "door", "", /*persist=*/true);
  }
  ++fragment;
  return GST_PAD_PROBE_OK;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  samples::Words words = samples::ReadWords(argc, argv, {"seconds"});
  if (words.help) {
    return samples::PrintHelp(kUsage);
  }
  const std::chrono::seconds runtime(words.Number("seconds", 0, kDefaultSeconds));
  if (words.problem.empty() && words.plain.size() != 1) {
    words.problem = "the name of one stream is wanted";
  }
  if (!words.problem.empty()) {
    return samples::PrintBadUsage(kProgram, words.problem);
  }
  Story story;
  return samples::PlayLive(words.plain.front(), samples::CredentialOrder::kKeysFirst, runtime, [](GstElement*) { return true; },
                           [&story](GstElement* pipeline, GstElement* sink) {
                             samples::CameraWish wish;
                             wish.width = 640;
                             wish.height = 480;
                             wish.frames_per_second = kFramesPerSecond;
                             wish.key_frame_distance = kFramesPerSecond;
                             std::string problem = samples::AddTestPicture(pipeline, sink, wish);
                             if (problem.empty()) {
                               const samples::PadPtr pad(gst_element_get_static_pad(sink, "video_0"));
                               const samples::PadPtr encoded(gst_pad_get_peer(pad.get()));
                               gst_pad_add_probe(encoded.get(), GST_PAD_PROBE_TYPE_BUFFER, &OnFrame, &story, nullptr);
                             }
                             return problem;
                           });
}
