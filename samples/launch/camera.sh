#!/bin/sh
# The camera of this computer, until Ctrl-C. Usage: camera.sh [STREAM] [DEVICE]
exec gst-launch-1.0 -e \
  v4l2src device="${2:-/dev/video0}" ! videoconvert ! video/x-raw,format=I420 ! \
  x264enc tune=zerolatency key-int-max=60 ! h264parse ! kvssink stream-name="${1:-camera}"
