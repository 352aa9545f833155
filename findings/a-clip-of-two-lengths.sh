#!/usr/bin/env bash
# Guessed: one ffmpeg command on the same two files makes the same clip: a still picture once a second and 2.5 s of sound,
# -shortest, is 2.5 to 3 seconds.
# Seen: by turns 2.5 and 50 to 60 seconds (ffmpeg 9.0.2 in imageio-ffmpeg 0.8.1, x264): the encoder may have taken in as many
# pictures before the sound's end is heard of. Giving the length (-t 2.5) is right each time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile imageio-ffmpeg==0.8.1 pillow==13.0.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import re
import subprocess
import sys
import wave
from concurrent.futures import ThreadPoolExecutor

import imageio_ffmpeg
from PIL import Image

ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
Image.new("RGB", (320, 240), "red").save("still.png")
with wave.open("sound.wav", "wb") as sound:
    sound.setparams((1, 2, 16_000, 0, "NONE", ""))
    sound.writeframes(b"\x00\x10" * 40_000)

def clip(number, *limit):
    order = ["-loop", "1", "-framerate", "1", "-i", "still.png", "-i", "sound.wav", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    subprocess.run([ffmpeg, "-v", "error", "-y", *order, "-c:a", "aac", *limit, f"{number}.mp4"], check=True)
    told = subprocess.run([ffmpeg, "-i", f"{number}.mp4"], capture_output=True, text=True, check=False).stderr
    _hours, minutes, seconds = re.search(r"Duration: (\d+):(\d+):([\d.]+)", told).groups()
    return int(minutes) * 60 + float(seconds)

print("imageio-ffmpeg", imageio_ffmpeg.__version__, "ffmpeg", imageio_ffmpeg.get_ffmpeg_version())
with ThreadPoolExecutor(4) as pool:
    shortest = list(pool.map(lambda number: clip(number, "-shortest"), range(60)))
    given = list(pool.map(lambda number: clip(number, "-t", "2.5"), range(8)))
print("seconds with -shortest:", sorted(set(shortest)), f"{sum(length > 20 for length in shortest)} of 60 long; with -t 2.5:", set(given))
sys.exit(0 if min(shortest) < 3 and max(shortest) > 20 and max(given) < 3.1 else "changed")
PY
