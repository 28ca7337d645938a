#ifndef KVS_SAMPLES_COMMON_SOURCES_H_
#define KVS_SAMPLES_COMMON_SOURCES_H_

#include <string>

#include "samples/common/gst_ptr.h"

namespace samples {

enum class Tracks { kVideo, kVideoAndAudio };

// A parsebin that shows a pad for each track of a file, whatever is in it; without decoders. Null when GStreamer has none.
GstElement* AddParsedFile(GstElement* pipeline, const std::string& path);

// Each of these puts something in front of the kvssink of a pipeline, and lets the sink start when the tracks are known. They return
// what is wrong, in a sentence; empty: nothing. What goes wrong later comes on the bus.

// A recording as it is, whatever its container; tracks that kvssink does not take are left out. `sink` has to be "offline".
std::string AddFile(GstElement* pipeline, GstElement* sink, const std::string& path, Tracks tracks);

// A network camera as it is: what its session description offers of H.264 and H.265, AAC and G.711. The rtspsrc is named "source".
std::string AddRtsp(GstElement* pipeline, GstElement* sink, const std::string& url, Tracks tracks);

struct CameraWish {
  // Empty: the first one of this computer.
  std::string device;
  // 0: the first that the camera has of 640x480, 1280x720 and 1920x1080, and of 30, 25 and 20.
  int width = 0;
  int height = 0;
  int frames_per_second = 0;
  int kilobits_per_second = 512;
  int key_frame_distance = 45;
};

// A camera of this computer. One that gives H.264 is not encoded again. Prints what it gives.
std::string AddCamera(GstElement* pipeline, GstElement* sink, const CameraWish& wish);

// A microphone of this computer, as AAC. `device` may be empty.
std::string AddMicrophone(GstElement* pipeline, GstElement* sink, const std::string& device);

// A live test picture, of the size and rate in `wish`; its videotestsrc is named "source".
std::string AddTestPicture(GstElement* pipeline, GstElement* sink, const CameraWish& wish);

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_SOURCES_H_
