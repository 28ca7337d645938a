#!/bin/sh
# The microphone of this computer, sound only, until Ctrl-C. Usage: microphone.sh [STREAM] [ALSA-DEVICE]
exec gst-launch-1.0 -e \
  alsasrc device="${2:-default}" ! audioconvert ! audioresample ! voaacenc ! aacparse ! \
  kvssink stream-name="${1:-microphone}"
