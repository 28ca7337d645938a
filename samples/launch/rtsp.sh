#!/bin/sh
# An IP camera that sends H.264, without decoding, until Ctrl-C. Usage: rtsp.sh rtsp://HOST/PATH [STREAM]
exec gst-launch-1.0 -e \
  rtspsrc location="${1:?usage: rtsp.sh rtsp://HOST/PATH [STREAM]}" short-header=true ! rtph264depay ! h264parse ! \
  kvssink stream-name="${2:-rtsp}"
