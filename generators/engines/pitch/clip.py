"""The clip: a slow zoom over the picture, or a film; captions beneath, voice over tune. Cut by ffmpeg, a program of its own."""

from __future__ import annotations

import io
import re
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

from bot.words import _
from generators.engines.making import Attachment, Unmakeable
from generators.engines.pitch.captions import Caption, drawn, subrip

WIDE, TALL = 960, 540  # pixels; sharp on a telephone, and half a minute stays below two megabytes
BAND = 92  # pixels of the height for captions
FPS = 12
ZOOM = 1.06  #: of the picture at the end
LIMIT_S = 120.0  # of ffmpeg; a clip of a minute takes ten seconds on one core
MUSIC_DB = -12  # of the tune under the voice
CODING = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-c:a", "aac", "-b:a", "128k"),
    *("-maxrate", "450k", "-bufsize", "900k"),  # two minutes stay below nine megabytes, whatever the picture; Discord takes ten
    # The words stand in the picture already: a player shows the track only to who asks for it.
    *("-c:s", "mov_text", "-metadata:s:s:0", "language=eng", "-disposition:s:0", "0", "-movflags", "+faststart"),
)


def framed(picture: Attachment) -> bytes:
    """The picture in the middle of a wide frame of its own colour, as a PNG."""
    with Image.open(io.BytesIO(picture.content)) as opened:
        shown = opened.convert("RGB")
    tall = TALL - BAND
    shown.thumbnail((round(WIDE / ZOOM), round(tall / ZOOM)), Image.Resampling.LANCZOS)  # nothing leaves the frame at the end
    frame = Image.new("RGB", (WIDE, tall), shown.getpixel((0, 0)))
    frame.paste(shown, ((WIDE - shown.width) // 2, (tall - shown.height) // 2))
    into = io.BytesIO()
    frame.save(into, "PNG")
    return into.getvalue()


def filmed(frames: list[Image.Image]) -> list[bytes]:
    """A film's frames as files, there and back again, so that it has no end to jump from."""
    files = []
    for frame in [*frames, *frames[-2:0:-1]]:
        into = io.BytesIO()
        frame.convert("RGB").save(into, "JPEG", quality=92)
        files.append(into.getvalue())
    return files


def cut(
    frame: bytes, voice: Attachment, tune: Attachment | None, captions: list[Caption], seconds: float, *,
    film: list[bytes] | None = None, fps: int = FPS,
) -> bytes:  # fmt: skip
    """The clip.

    Args:
        frame: the picture, as `framed` gives it.
        voice: what is said.
        tune: beneath it, if any.
        captions: what is read.
        seconds: how long it is.
        film: pictures in the place of the first one, over and over; none: a slow zoom.
        fps: of the film.

    Raises:
        Unmakeable: ffmpeg did not take one of the parts.
    """
    import imageio_ffmpeg

    with tempfile.TemporaryDirectory(prefix="muselab-pitch-") as folder:
        here = Path(folder)
        voiced, tuned = f"voice{suffix(voice)}", f"tune{suffix(tune)}" if tune else ""
        parts = {"frame.png": frame, voiced: voice.content, "captions.srt": subrip(captions).encode()}
        parts |= {f"film{number:04}.jpg": content for number, content in enumerate(film or ())}
        for name, content in (parts | banded(captions, seconds) | ({tuned: tune.content} if tune else {})).items():
            (here / name).write_bytes(content)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *arguments(voiced, tuned, seconds, fps if film else 0)]
        try:
            subprocess.run(command, cwd=here, capture_output=True, timeout=LIMIT_S, check=True)  # noqa: S603
        except subprocess.CalledProcessError as error:
            lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
            raise Unmakeable(_("The clip could not be made: {why}").format(why=lines[-1][:200] if lines else "?")) from error
        return (here / "pitch.mp4").read_bytes()


def arguments(voice: str, tune: str, seconds: float, film: int) -> list[str]:
    """What ffmpeg is told: names of the files of voice and tune (or none), and the film's frames a second; 0: one picture."""
    told = ["-y", "-loglevel", "error"]
    told += ["-loop", "1", "-framerate", str(film), "-i", "film%04d.jpg"] if film else ["-i", "frame.png"]
    told += ["-i", voice, "-i", "captions.srt", "-f", "concat", "-safe", "0", "-i", "bands.txt"]
    told += ["-stream_loop", "-1", "-i", tune] if tune else []
    told += ["-filter_complex", filters(seconds, tune, film), "-map", "[v]", "-map", "[a]" if tune else "1:a", "-map", "2:s"]
    return [*told, *CODING, "-t", f"{seconds:.2f}", "pitch.mp4"]


def filters(seconds: float, tune: str, film: int = 0) -> str:
    """What ffmpeg does with its inputs: frame or film (so many frames a second), voice, captions, bands, tune."""
    frames, tall = round(seconds * FPS), TALL - BAND
    zoom = f"zoompan=z='1+{ZOOM - 1:.2f}*on/{frames}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d={frames}:s={WIDE}x{tall}:fps={FPS}"
    scaled = f"scale={WIDE}:{tall}:force_original_aspect_ratio=decrease,pad={WIDE}:{tall}:(ow-iw)/2:(oh-ih)/2"
    moving = f"fps={film},{scaled}" if film else f"scale={2 * WIDE}:-2,{zoom}"
    seen = f"[0:v]{moving},pad={WIDE}:{TALL}:0:0[z];[z][3:v]overlay=0:{tall},format=yuv420p[v]"
    if not tune:
        return seen
    voice = "[1:a]aresample=44100,aformat=channel_layouts=stereo[s]"  # else the tune would get the voice's one channel
    fade = f"afade=t=out:st={seconds - 2:.2f}:d=2"
    return f"{seen};{voice};[4:a]volume={MUSIC_DB}dB,{fade}[m];[s][m]amix=inputs=2:duration=longest:normalize=0[a]"


def banded(captions: list[Caption], seconds: float) -> dict[str, bytes]:
    """Captions as pictures, and the list by which ffmpeg shows each for its time."""
    files: dict[str, bytes] = {}
    lines = ["ffconcat version 1.0"]
    for number, one in enumerate(captions or [Caption("", 0.0, seconds)]):
        name = f"band{number}.png"
        files[name] = drawn(one.text, WIDE, BAND)
        end = one.end if number < len(captions) - 1 else seconds  # the last one stays while the tune rings out
        lines += [f"file {name}", f"duration {end - one.start:.3f}"]
    lines.append(lines[-2])  # ffmpeg forgets the last one's duration unless it comes again
    return files | {"bands.txt": "\n".join(lines).encode()}


def suffix(file: Attachment) -> str:
    """The end of its name, where it is a plain one."""
    match = re.search(r"\.[a-z0-9]{2,4}$", file.name)
    return match[0] if match else ".bin"
