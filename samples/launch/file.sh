#!/bin/sh
# A recording with H.264 and AAC, as fast as the connection takes it. Usage: file.sh MP4-FILE [STREAM]
exec gst-launch-1.0 \
  filesrc location="${1:?usage: file.sh MP4-FILE [STREAM]}" ! qtdemux name=demux \
  demux. ! queue ! h264parse ! kvssink name=sink stream-name="${2:-file}" streaming-type=offline \
  demux. ! queue ! aacparse ! sink.
