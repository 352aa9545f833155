"""A pitch: an idea's board, tune and spoken line as a short clip with captions, and as a page that holds everything.

Attachments: one picture, one spoken line and, if there is one, a tune; each is known by its type and, of two sounds, the one
whose name has "speech" in it is the voice. The clip is made by ffmpeg, run as a program of its own.
"""

from __future__ import annotations

import base64
import html
import io
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bot.words import _
from generators.engines.making import Attachment, Commission, Engine, Rendered, Report, Unmakeable, Work

WIDE, TALL = 960, 540  # pixels; sharp on a telephone, and half a minute stays below two megabytes
FPS = 12
LEAST_S, MOST_S = 4.0, 120.0
TAIL_S = 1.5  # the tune rings out after the last word
LIMIT_S = 120.0  # of ffmpeg; a clip of a minute takes ten seconds on one core
MUSIC_DB = -12  # of the tune under the voice


class Settings(Protocol):
    """Nothing of the configuration is needed."""


def build(settings: Settings, cache: Path) -> Engine:
    """The engine."""
    return PitchEngine()


class PitchEngine:
    """See the module."""

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine`."""
        picture = first(commission, "image/")
        sounds = [one for one in commission.attachments if one.media_type.startswith("audio/") and "midi" not in one.media_type]
        voice = next((one for one in sounds if "speech" in one.name), None)
        tune = next((one for one in sounds if one is not voice), None)
        if picture is None or voice is None:
            raise Unmakeable(_("A pitch needs a picture and a spoken line."))
        report(_("Looking at the parts"), 0.05)
        seconds = min(MOST_S, max(LEAST_S, length(voice) + TAIL_S))
        report(_("Writing captions"), 0.15)
        captions = timed(commission.text, seconds - TAIL_S)
        frame = framed(picture)
        report(_("Cutting the clip"), 0.25)
        clip = cut(frame, voice, tune, captions, seconds)
        report(_("Making the page"), 0.9)
        files = (
            Rendered(name="pitch.mp4", media_type="video/mp4", content=clip),
            Rendered(name="pitch.html", media_type="text/html", content=page(commission.text, picture, voice, tune)),
            Rendered(name="captions.srt", media_type="application/x-subrip", content=captions.encode()),
        )
        alt = _("A clip of {seconds} s: the picture of the idea, its tune, and the words “{text}”").format(
            seconds=round(seconds), text=commission.text
        )
        yield Work(files=files, alt=alt, facts={"seconds": round(seconds, 1), "width": WIDE, "height": TALL})

    def close(self) -> None:
        """Nothing is held."""


def first(commission: Commission, kind: str) -> Attachment | None:
    """The first attachment of a kind."""
    return next((one for one in commission.attachments if one.media_type.startswith(kind)), None)


def length(sound: Attachment) -> float:
    """Seconds."""
    import soundfile

    try:
        return float(soundfile.info(io.BytesIO(sound.content)).duration)
    except RuntimeError as error:
        raise Unmakeable(_("The spoken line cannot be read. Please have it said again.")) from error


def framed(picture: Attachment) -> bytes:
    """The picture in the middle of a wide frame of its own colour, with room for captions below."""
    from PIL import Image

    with Image.open(io.BytesIO(picture.content)) as opened:
        shown = opened.convert("RGB")
    shown.thumbnail((WIDE, TALL), Image.Resampling.LANCZOS)
    edge = shown.getpixel((0, 0))
    frame = Image.new("RGB", (WIDE, TALL), edge)
    frame.paste(shown, ((WIDE - shown.width) // 2, (TALL - shown.height) // 2))
    into = io.BytesIO()
    frame.save(into, "PNG")
    return into.getvalue()


def timed(text: str, seconds: float) -> str:
    """Captions in SubRip's form: about eight words each, for as long as their letters take."""
    words = text.split()
    lines = [" ".join(words[at : at + 8]) for at in range(0, len(words), 8)]
    whole = sum(map(len, lines)) or 1
    parts, now = [], 0.0
    for number, line in enumerate(lines, start=1):
        end = now + seconds * len(line) / whole
        parts.append(f"{number}\n{stamp(now)} --> {stamp(end)}\n{line}\n")
        now = end
    return "\n".join(parts)


def stamp(seconds: float) -> str:
    """00:00:01,250."""
    whole = round(seconds * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02},{whole % 1000:03}"


def cut(frame: bytes, voice: Attachment, tune: Attachment | None, captions: str, seconds: float) -> bytes:
    """The clip: a slow zoom over the picture, voice over tune, captions as a track that players show.

    Raises:
        Unmakeable: ffmpeg did not take one of the parts.
    """
    import imageio_ffmpeg

    with tempfile.TemporaryDirectory(prefix="muselab-pitch-") as folder:
        here = Path(folder)
        inputs = [("frame.png", frame), (f"voice{suffix(voice)}", voice.content), ("captions.srt", captions.encode())]
        inputs += [(f"tune{suffix(tune)}", tune.content)] if tune else []
        for name, content in inputs:
            (here / name).write_bytes(content)
        zoom = f"zoompan=z='1+0.06*on/{seconds * FPS:.0f}':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d={seconds * FPS:.0f}"
        filters = f"[0:v]scale={2 * WIDE}:-2,{zoom}:s={WIDE}x{TALL}:fps={FPS},format=yuv420p[v]"
        if tune:
            fade = f"afade=t=out:st={seconds - 2:.2f}:d=2"
            filters += f";[3:a]volume={MUSIC_DB}dB,{fade}[m];[1:a][m]amix=inputs=2:duration=longest:normalize=0[a]"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", "frame.png"]
        command += ["-i", inputs[1][0], "-i", "captions.srt", *(["-stream_loop", "-1", "-i", inputs[3][0]] if tune else [])]
        command += ["-filter_complex", filters, "-map", "[v]", "-map", "[a]" if tune else "1:a", "-map", "2:s"]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-c:a", "aac", "-b:a", "128k", "-c:s", "mov_text"]
        command += ["-metadata:s:s:0", "language=eng", "-t", f"{seconds:.2f}", "-movflags", "+faststart", "pitch.mp4"]
        try:
            subprocess.run(command, cwd=here, capture_output=True, timeout=LIMIT_S, check=True)  # noqa: S603
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines()
            raise Unmakeable(_("The clip could not be made: {why}").format(why=said[-1][:200] if said else "?")) from error
        return (here / "pitch.mp4").read_bytes()


def suffix(file: Attachment) -> str:
    """The end of its name, where it is a plain one."""
    found = re.search(r"\.[a-z0-9]{2,4}$", file.name)
    return found[0] if found else ".bin"


def page(text: str, picture: Attachment, voice: Attachment, tune: Attachment | None) -> bytes:
    """One file that shows and plays everything, with no script and nothing from elsewhere."""

    def held(file: Attachment) -> str:
        return f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}"

    tunes = f'<p>{html.escape(_("Its tune"))}</p><audio controls src="{held(tune)}"></audio>' if tune else ""
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(text[:80])}</title>"
        "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#222}"
        "img{max-width:100%;height:auto}audio{width:100%}</style></head><body>"
        f"<h1>{html.escape(text)}</h1>"
        f'<img src="{held(picture)}" alt="{html.escape(text)}">'
        f'<p>{html.escape(_("Said aloud"))}</p><audio controls src="{held(voice)}"></audio>{tunes}</body></html>'
    ).encode()
