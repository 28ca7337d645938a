#!/bin/sh
# A live test picture and a tone, until Ctrl-C. Usage: test-source.sh [STREAM]
exec gst-launch-1.0 -e \
  videotestsrc is-live=true ! video/x-raw,width=640,height=480,framerate=30/1 ! \
  x264enc tune=zerolatency key-int-max=60 ! h264parse ! queue ! kvssink name=sink stream-name="${1:-test-source}" \
  audiotestsrc is-live=true ! audioconvert ! voaacenc ! aacparse ! queue ! sink.
