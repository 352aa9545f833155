"""Speech: a natural English voice from a package, other languages by a program, any text-to-speech model by its name.

| option     | values                                                                                                      |
|------------|-------------------------------------------------------------------------------------------------------------|
| `voice`    | `joe` (natural, American English); `june`, `otto`: the same, higher and deeper; `robot` (espeak-ng)          |
| `language` | `en`; with `robot` also `de fr es it pt nl zh ja`; without it `en`, or `zh` or `ja` where the letters are    |
| `speed`    | 0.25 .. 4, or in percent                                                                                    |
| `format`   | `mp3`, `ogg`, `opus`, `flac`, `wav`, `pcm`                                                                    |
| `parts`    | whether the sound is given out breath by breath, too, while it is said                                       |

`robot` is there where espeak-ng is installed; without a voice it is `joe`, and `robot` for other languages.

The result: the sound, made equally loud; a picture of it. What is said stands in the work's `alt`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import numpy as np

from bot.words import N_, _
from generators.engines.making import Commission, Engine, Part, Rendered, Report, Unmakeable, Work
from generators.engines.shared.foreign import Server
from generators.engines.speech import sound
from generators.engines.speech.measures import measures
from generators.engines.speech.pieces import STREAMED, Packer
from generators.engines.speech.voices import LANGUAGES, OPENAI_VOICE, Elsewhere, Espeak, Joe, Named, Resized, Voice

EMBEDDED = "embedded"
MOST_TEXT = 1500  # characters; about two minutes, which nobody hears to the end in a chat
MOST_COUNT = 4
SPEEDS = (0.25, 4.0)  # as OpenAI's API has them
WELL_SAID = (0.5, 2.0)  # beyond, voices swallow sounds or pay no heed: the rest is done to the finished sound
PERCENT = 10  # from which on a speed is meant in percent
#: What people read of a voice: whose it sounds like, and the name by which it is asked for.
CALLED = {
    "joe": N_("a man's voice (joe)"),
    "june": N_("a woman's voice (june)"),
    "otto": N_("a deep voice (otto)"),
    "robot": N_("a machine's voice (robot)"),
}
#: Of the natural voices, how many times Joe's pitch they have; tried with a recogniser, which hears all three as well.
NATURAL = {"joe": Fraction(1), "june": Fraction(39, 32), "otto": Fraction(17, 20)}
VOICES = (*NATURAL, "robot")


class Settings(Protocol):
    """What this engine needs of the configuration."""

    speech: str  #: "embedded", a Hugging Face name, a folder, or the URL of a service that speaks OpenAI's `/v1/audio/speech`
    device: str
    dtype: str


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; a voice is loaded when it first speaks."""
    server = Server.named(settings.speech)
    if server is not None:
        return SpeechEngine(Elsewhere(server))
    named = None if settings.speech == EMBEDDED else Named(settings.speech, device=settings.device, dtype=settings.dtype)
    return SpeechEngine(named)


class SpeechEngine:
    """See the module."""

    def __init__(self, named: Named | Elsewhere | None = None) -> None:
        self._named = named
        self._joe = Joe()

    def make(self, commission: Commission, report: Report) -> Iterator[Work | Part]:
        """See `Engine`."""
        text = " ".join(commission.text.split())
        if not text:
            raise Unmakeable(_("There is nothing to say. Please write some words."))
        if len(text) > MOST_TEXT:
            raise Unmakeable(
                _("The text has {length} characters; at most {limit} are said. Please shorten it.").format(
                    length=len(text), limit=MOST_TEXT
                )
            )
        if not 1 <= commission.count <= MOST_COUNT:
            raise Unmakeable(_("Between 1 and {most} versions can be made at once.").format(most=MOST_COUNT))
        name, voice = self._voice(commission)
        speed, form = pace(commission), chosen(commission, "format", tuple(sound.FORMATS), "mp3")
        for number in range(commission.count):
            report(_("Speaking"), number / commission.count)
            own = min(max(speed, WELL_SAID[0]), WELL_SAID[1])
            packer: Packer | None = None
            parts: list[sound.Sound] = []
            for part in voice.parts(text, speed=own, seed=commission.seed + number):
                parts.append(sound.stretched(part.sound, voice.rate, speed / own))
                if not packer and commission.options.get("parts") and form in STREAMED:
                    packer = Packer(form, voice.rate)  # a voice knows its rate once it has spoken
                if packer is not None and (content := packer.add(parts[-1])):
                    yield Part(media_type=sound.FORMATS[form][2], content=content)
                report(_("Speaking"), (number + 0.9 * part.done) / commission.count)
            said = np.concatenate(parts) if parts else np.zeros(0, np.float32)
            if not len(said) or not float(np.abs(said).max()):
                raise Unmakeable(_("This voice knows none of these words. The embedded voice speaks English."))
            if packer is not None and (content := packer.end()):
                yield Part(media_type=sound.FORMATS[form][2], content=content)
            heard_as = measures(said, voice.rate, text=text, voice=name, speed=speed, voices=VOICES)
            yield replace(work(said, voice.rate, form, text, name), features=heard_as)

    def close(self) -> None:
        """See `Engine`."""
        self._joe = Joe()

    def _voice(self, commission: Commission) -> tuple[str, Voice]:
        if isinstance(self._named, Elsewhere):
            self._named.voice = str(commission.options.get("voice", "")).strip()[:100] or OPENAI_VOICE
            return self._named.voice, self._named
        if self._named is not None:
            return self._named.name.rsplit("/", 1)[-1], self._named
        language = chosen(commission, "language", tuple(LANGUAGES), written_in(commission.text))
        voice = chosen(commission, "voice", VOICES, "joe" if language == "en" else "robot")
        if voice not in NATURAL:
            return voice, Espeak(language)
        if language != "en":
            raise Unmakeable(_("This voice speaks English only. Leave the voice out, or choose “robot”."))
        return voice, self._joe if voice == "joe" else Resized(self._joe, NATURAL[voice])


def written_in(text: str) -> str:
    """The language that a text's letters tell: `ja`, `zh`, or `en` for all that is written in Latin ones.

    Raises:
        Unmakeable: most of its letters are of another script.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters) >= len(letters) / 2:
        return "en"
    if any("぀" <= letter <= "ヿ" for letter in letters):
        return "ja"
    if sum("一" <= letter <= "鿿" for letter in letters) >= len(letters) / 2:
        return "zh"
    raise Unmakeable(
        _("No voice here reads this script. Texts can be said in: {languages}.").format(languages=", ".join(LANGUAGES))
    )


def work(said: sound.Sound, rate: int, form: str, text: str, voice: str) -> Work:
    """Speech as files."""
    loud, loudness = sound.levelled(said, rate)
    name, media_type = f"speech.{'ogg' if form == 'opus' else form}", sound.FORMATS[form][2]
    files = (
        Rendered(name=name, media_type=media_type, content=sound.packed(loud, rate, form)),
        Rendered(name="waveform.png", media_type="image/png", content=sound.drawn(loud)),
    )
    alt = _("“{text}”, said by {voice}").format(text=text, voice=_(CALLED[voice]) if voice in CALLED else voice)
    facts = {"seconds": round(len(loud) / rate, 2), "loudness": round(loudness, 1), "rate": rate}
    return Work(files=files, alt=alt, traits={"voice": voice}, facts=facts)


def pace(commission: Commission) -> float:
    """How fast, 1 = as the voice usually speaks.

    Raises:
        Unmakeable: it is no such number.
    """
    given = commission.options.get("speed", 1.0)
    try:
        speed = float(given)
    except ValueError:
        speed = 0.0
    speed = speed / 100 if speed >= PERCENT else speed
    if not SPEEDS[0] <= speed <= SPEEDS[1]:
        raise Unmakeable(_("“speed” is between 25 and 400 percent, not {value}.").format(value=str(given)[:20]))
    return speed


def chosen(commission: Commission, option: str, allowed: tuple[str, ...], usual: str) -> str:
    """One of the values an option may have.

    Raises:
        Unmakeable: another value.
    """
    value = str(commission.options.get(option, "")).strip().lower() or usual
    if value not in allowed:
        raise Unmakeable(
            _("“{value}” is no {option} here. Choose one of: {allowed}.").format(
                value=value[:40], option=option, allowed=", ".join(allowed)
            )
        )
    return value
