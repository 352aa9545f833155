"""A pitch: an idea's board, tune and spoken line as a short clip with captions, and as a page that holds everything.

Attachments: one picture, one spoken line and, if there is one, a tune; each is known by its type and, of two sounds, the one
whose name has "speech" in it is the voice.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bot.domain.ideas import Features
from bot.words import _
from generators.engines.making import Attachment, Commission, Engine, Option, Rendered, Report, Unmakeable, Work
from generators.engines.pitch.filming import Film
from generators.engines.shared import hearing

LEAST_S, MOST_S = 4.0, 120.0
NAME = "pitch/1"
TAIL_S = 1.5  # the tune rings out after the last word


class Settings(Protocol):
    """What this engine needs of the configuration."""

    video: str  #: "none", or a diffusers model that makes films, by name or folder
    device: str
    dtype: str
    offload: str


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; a model is loaded with the first pitch."""
    if settings.video in ("", "none"):
        return PitchEngine()
    return PitchEngine(Film(settings.video, settings.device, settings.dtype, offload=settings.offload))


class PitchEngine:
    """See the module."""

    def __init__(self, film: Film | None = None) -> None:
        """With a slow zoom over the picture, or with a model that makes films."""
        self._film = film

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine`."""
        from generators.engines.pitch import captions, clip

        picture = first(commission, "image/")
        sounds = [one for one in commission.attachments if one.media_type.startswith("audio/") and "midi" not in one.media_type]
        voice = next((one for one in sounds if "speech" in one.name), None)
        tune = next((one for one in sounds if one is not voice), None)
        if picture is None or voice is None:
            raise Unmakeable(_("A pitch needs a picture and a spoken line."))
        report(_("Looking at the parts"), 0.05)
        seconds = min(MOST_S, max(LEAST_S, length(voice) + TAIL_S))
        report(_("Writing captions"), 0.15)
        lines = captions.timed(commission.text, seconds - TAIL_S)
        frame = clip.framed(picture)
        moving, fps = self._filmed(commission, picture, seconds, report)
        report(_("Cutting the clip"), 0.25 if not moving else 0.8)
        film = clip.cut(frame, voice, tune, lines, seconds, film=moving, fps=fps)
        report(_("Making the page"), 0.9)
        files = (
            Rendered(name="pitch.mp4", media_type="video/mp4", content=film),
            Rendered(name="pitch.html", media_type="text/html", content=page(commission.text, picture, voice, tune)),
            Rendered(name="captions.srt", media_type="application/x-subrip", content=captions.subrip(lines).encode()),
        )
        alt = _("A clip of {seconds} s: the picture of the idea, its tune, and the words “{text}”").format(
            seconds=round(seconds), text=commission.text
        )
        facts: dict[str, Option] = {"seconds": round(seconds, 1), "width": clip.WIDE, "height": clip.TALL}
        yield Work(files=files, alt=alt, facts=facts, features=measures(picture, voice, tune))

    def _filmed(
        self, commission: Commission, picture: Attachment, seconds: float, report: Report
    ) -> tuple[list[bytes] | None, int]:
        """The film, if a model makes one, and its frames a second."""
        from PIL import Image

        from generators.engines.pitch import clip

        if self._film is None:
            return None, clip.FPS
        report(_("Making the film"), 0.2)
        seen, size = Image.open(io.BytesIO(picture.content)), (clip.WIDE, clip.TALL - clip.BAND)

        def done(share: float) -> None:
            report(_("Making the film"), 0.2 + 0.6 * share)

        steps = int(commission.options.get("steps", 0))
        frames, fps = self._film.frames(commission.text, seen, size, seconds, commission.seed, done, steps=steps)
        return clip.filmed(frames), fps

    def close(self) -> None:
        """See `Engine`."""
        if self._film is not None:
            self._film.close()


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


def measures(picture: Attachment, voice: Attachment, tune: Attachment | None) -> Features:
    """A pitch in numbers: those of its parts, one after the other; of a tune that is missing the middle of all."""
    from generators.engines.image.looks import looks

    seen, said = looks(picture.content).values, heard(voice)
    played = heard(tune) if tune is not None else (0.0,) * len(said)
    return Features.of(NAME, [*seen, *said, *played, 1.0 if tune is not None else -1.0])


def heard(part: Attachment) -> tuple[float, ...]:
    """What a part sounds like."""
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(part.content), dtype="float32", always_2d=True)
    return hearing.measures(samples, rate).values


def page(text: str, picture: Attachment, voice: Attachment, tune: Attachment | None) -> bytes:
    """One file that shows and plays everything, with no script and nothing from elsewhere."""
    from generators.engines.pitch import lighter

    def held(file: Attachment) -> str:
        return f"data:{file.media_type};base64,{base64.b64encode(file.content).decode()}"

    picture, voice, tune = lighter.picture(picture), lighter.sound(voice), lighter.sound(tune) if tune else None
    tunes = f'<p>{html.escape(_("Its tune"))}</p><audio controls src="{held(tune)}"></audio>' if tune else ""
    lines = "<br>".join(map(html.escape, text.split(" / ")))  # a poem's
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(text[:80])}</title>"
        "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#222}"
        "img{max-width:100%;height:auto}audio{width:100%}</style></head><body>"
        f"<h1>{lines}</h1>"
        f'<img src="{held(picture)}" alt="{html.escape(text)}">'
        f'<p>{html.escape(_("Said aloud"))}</p><audio controls src="{held(voice)}"></audio>{tunes}</body></html>'
    ).encode()
