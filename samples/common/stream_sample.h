#ifndef KVS_SAMPLES_COMMON_STREAM_SAMPLE_H_
#define KVS_SAMPLES_COMMON_STREAM_SAMPLE_H_

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "samples/common/sink.h"
#include "samples/common/sources.h"

namespace samples {

// What differs between kvssink_gstreamer_sample and kvs_gstreamer_sample.
struct StreamSample {
  const char* program;
  const char* usage;
  bool has_runtime;
  CredentialOrder credentials;
  // Ask for a notification and an image of each fragment.
  bool ask_for_events;
};

// The whole program: the camera of this computer, a network camera, or files, to one stream. The exit status: 0 when the source has
// ended or a signal came, 1 after an error, 2 for arguments that make no sense.
int RunStreamSample(int argc, char** argv, const StreamSample& sample);

// Sets what only one program wants; false when it cannot be set, which was printed.
using Configure = std::function<bool(GstElement* sink)>;

// Uploads files one after the other, each with the time after the one before. `start` is the time of the first one, in seconds since
// 1970; 0: now. A file of which nothing was stored is tried three times. False: a file was given up, which was printed.
bool UploadFiles(const std::string& stream, const std::vector<std::string>& files, std::uint64_t start, Tracks tracks,
                 CredentialOrder credentials, const Configure& configure);

// Makes a pipeline with a kvssink, puts the source in front of it that `add` puts there, and plays it until it ends or a signal comes.
// The exit status.
int PlayLive(const std::string& stream, CredentialOrder credentials, std::chrono::seconds runtime, const Configure& configure,
             const std::function<std::string(GstElement* pipeline, GstElement* sink)>& add);

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_STREAM_SAMPLE_H_
