#!/bin/bash
# Makes test/fixtures/media/testsrc-10s.mp4: ten seconds of ffmpeg's test picture and a tone,
# H.264 and AAC, with the index in front so that it plays while it downloads.
#
# Run it only to change the fixture: another ffmpeg writes other bytes, so another content id.
set -euo pipefail
out=$(cd "$(dirname "$0")/.." && pwd)/test/fixtures/media/testsrc-10s.mp4
ffmpeg -hide_banner -loglevel warning -y \
  -f lavfi -i testsrc2=size=640x360:rate=25:duration=10 \
  -f lavfi -i sine=frequency=440:sample_rate=48000:duration=10 \
  -c:v libx264 -preset medium -profile:v high -pix_fmt yuv420p -g 50 -b:v 1400k -threads 1 \
  -c:a aac -b:a 96k -shortest \
  -map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact \
  -movflags +faststart "$out"
ls -l "$out"
