#ifndef KVS_SAMPLES_COMMON_SINK_H_
#define KVS_SAMPLES_COMMON_SINK_H_

#include <cstdint>
#include <string>

#include "samples/common/gst_ptr.h"

namespace samples {

// The name of the kvssink in a pipeline.
inline constexpr char kSinkName[] = "sink";

// Where the programs of Amazon's SDK take credentials from. What is not there, kvssink looks for itself, and says so when it finds none.
enum class CredentialOrder {
  // The five variables of AWS IoT, then the file AWS_CREDENTIAL_PATH, then the keys.
  kIotFirst,
  // The keys, then the five variables.
  kKeysFirst,
};

// Adds a kvssink to the pipeline; it holds up to 128 MiB. Null when GStreamer has none, which is printed.
// AWS IoT is asked when all of IOT_GET_CREDENTIAL_ENDPOINT, CERT_PATH, PRIVATE_KEY_PATH, ROLE_ALIAS and CA_CERT_PATH are set; the
// thing is named like the stream.
GstElement* AddSink(GstElement* pipeline, const std::string& stream, CredentialOrder order);

// Sets a property by its text. False, and a line on standard error, when there is none of that name or the text is no value of it.
bool SetProperty(GstElement* element, const std::string& name, const std::string& text);

// Takes the pipeline to NULL, also the sink that waits for its tracks.
void StopPipeline(GstElement* pipeline);

// What became of the frames, of "stats".
struct Totals {
  std::uint64_t frames_put = 0;
  std::uint64_t frames_persisted = 0;
  std::uint64_t frames_lost = 0;
  std::uint64_t fragments_persisted = 0;
  std::uint64_t bytes_sent = 0;

  [[nodiscard]] bool complete() const { return frames_put > 0 && frames_persisted == frames_put; }
  Totals& operator+=(const Totals& other);
};

Totals ReadTotals(GstElement* sink);

// Prints, after the end, how much of a stream or file is persisted.
void PrintTotals(const std::string& name, const Totals& totals);

}  // namespace samples

#endif  // KVS_SAMPLES_COMMON_SINK_H_
