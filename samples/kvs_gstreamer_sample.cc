// The same sources as kvssink_gstreamer_sample, and a notification and an image for every fragment. By name and command line the program
// of Amazon's SDK, which takes frames out of an appsink and puts them with the C++ API; kvssink does that here, as it has properties for
// the events.
#include "samples/common/stream_sample.h"

int main(int argc, char** argv) {
  return samples::RunStreamSample(
      argc, argv,
      {.program = "kvs_gstreamer_sample",
       .usage = "usage: kvs_gstreamer_sample STREAM [-w WIDTH -h HEIGHT] [-f FRAMES-PER-SECOND] [-b KBIT-PER-SECOND]\n"
                "       kvs_gstreamer_sample STREAM rtsp://HOST/PATH\n"
                "       kvs_gstreamer_sample STREAM FILE...\n",
       .has_runtime = false,
       .credentials = samples::CredentialOrder::kKeysFirst,
       .ask_for_events = true});
}
