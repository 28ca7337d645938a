// Streams the camera of this computer, a network camera or files with kvssink. By name and command line the program of Amazon's SDK;
// the run time is in seconds, and a failure is an exit status of 1.
#include "samples/common/stream_sample.h"

int main(int argc, char** argv) {
  return samples::RunStreamSample(
      argc, argv,
      {.program = "kvssink_gstreamer_sample",
       .usage = "usage: kvssink_gstreamer_sample STREAM [-w WIDTH -h HEIGHT] [-f FRAMES-PER-SECOND] [-b KBIT-PER-SECOND]\n"
                "                                [-runtime SECONDS]\n"
                "       kvssink_gstreamer_sample STREAM rtsp://HOST/PATH [-runtime SECONDS]\n"
                "       kvssink_gstreamer_sample STREAM FILE...\n",
       .has_runtime = true,
       .credentials = samples::CredentialOrder::kIotFirst,
       .ask_for_events = false});
}
