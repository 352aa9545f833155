"""Sound by a named model, of transformers such as MusicGen or of diffusers such as ACE-Step: the production music engine."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any

import numpy as np

from bot.words import _
from generators.engines.making import Commission, Option, Rendered, Report, Unmakeable, Work, one_of_several
from generators.engines.music import options, sound, styles
from generators.engines.music.lyrics import parted
from generators.engines.music.options import AUTO, Wanted
from generators.engines.music.soundloading import loaded
from generators.engines.music.soundmodels import Order, SoundModel
from generators.engines.shared import hearing

MOST = 4  # versions at once: each takes a model of billions of weights as long as it sounds
SONG_S = 60.0  # of a song, where nobody says how long: a verse and a chorus


class AudioModel:
    """A model by its name or folder, loaded with the first commission."""

    def __init__(self, name: str, *, device: str = "auto", dtype: str = "auto") -> None:
        self.name, self.device, self.dtype = name, device, dtype
        self._model: SoundModel | None = None

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine.make`."""
        if not 1 <= commission.count <= MOST:
            raise Unmakeable(_("Between 1 and {most} versions can be made at once.").format(most=MOST))
        wanted = options.read(commission.options)
        if wanted.notes or commission.attachments:
            raise Unmakeable(_("{model} makes sound from words; it cannot take up notes.").format(model=self.name))
        text, lyrics = parted(commission.text, wanted.lyrics)
        prompt = _prompt(text, wanted)
        report(_("loading the model"), 0.0)
        model = self._loaded()
        seconds = self._seconds(model, wanted, lyrics, told="seconds" in commission.options)
        for number in range(commission.count):
            order = Order(
                prompt=prompt,
                seconds=seconds,
                seed=commission.seed + number,
                lyrics=lyrics,
                tempo=wanted.tempo,
                key=wanted.key.name if wanted.key else "",
            )
            yield self._work(model, order, wanted, one_of_several(report, number, commission.count))

    def close(self) -> None:
        """See `Engine.close`."""
        self._model = None

    def _loaded(self) -> SoundModel:
        if self._model is None:
            try:
                self._model = loaded(self.name, self.device, self.dtype)
            except (OSError, ValueError, KeyError, AttributeError) as error:
                raise Unmakeable(
                    _("The music model {model} could not be loaded: {why}").format(
                        model=self.name, why=str(error).splitlines()[0][:200]
                    )
                ) from error
        return self._model

    def _seconds(self, model: SoundModel, wanted: Wanted, lyrics: str, *, told: bool) -> float:
        """How long it is to be.

        Raises:
            Unmakeable: the model does not sing, or not for so long.
        """
        if lyrics and not model.sings:
            raise Unmakeable(_("{model} makes music without words. Leave the lyrics out.").format(model=self.name))
        seconds = wanted.seconds if told or not lyrics else SONG_S
        if seconds > model.most_s:
            raise Unmakeable(_("{model} makes at most {most} seconds.").format(model=self.name, most=int(model.most_s)))
        return seconds

    def _work(self, model: SoundModel, order: Order, wanted: Wanted, report: Report) -> Work:
        report(_("playing it"), 0.1)
        raw, rate = model.sound(order, lambda done: report(_("playing it"), 0.1 + 0.8 * done))
        heard, measured = sound.levelled(_stereo(raw, rate))
        _container, _subtype, media_type = sound.FORMATS[wanted.format]
        audio = Rendered(name=f"tune.{wanted.format}", media_type=media_type, content=sound.packed(heard, wanted.format))
        facts: dict[str, Option] = {
            "seconds": round(measured.seconds, 2),
            "loudness_lufs": round(measured.loudness, 1),
            "model": self.name,
        }
        alt = _("Music made from the words: {prompt}").format(prompt=order.prompt)
        if order.lyrics:
            alt = _("A song made from the words: {prompt}. It is sung: {lyrics}").format(
                prompt=order.prompt, lyrics=" / ".join(order.lyrics.split("\n"))[:300]
            )
        features = hearing.measures(heard, sound.RATE)
        return Work(files=(audio,), alt=alt, traits=_traits(wanted), facts=facts, features=features)


def _traits(wanted: Wanted) -> dict[str, str]:
    return {name: value for name, value in (("style", wanted.style), ("mood", wanted.mood)) if value != AUTO}


def _prompt(text: str, wanted: Wanted) -> str:
    """The words with what was chosen, in English, which such models are trained on."""
    mood = wanted.mood if wanted.mood != AUTO else getattr(styles.mood_of(text), "name", "")
    parts = [text.strip(), mood, wanted.style if wanted.style != AUTO else ""]
    if wanted.lead != AUTO:
        parts.append(f"with {wanted.lead}")
    if wanted.tempo:
        parts.append(f"{round(wanted.tempo)} bpm")
    if wanted.key is not None:
        parts.append(f"in {wanted.key.name}")
    said = ", ".join(part for part in parts if part)
    if not said:
        raise Unmakeable(_("Say in words what music is wanted."))
    return said[:500]


def _stereo(audio: Any, rate: int) -> sound.Sound:
    """What a model gives, as we keep sound."""
    from scipy.signal import resample_poly

    wave = np.atleast_2d(np.squeeze(np.asarray(audio, dtype=np.float32)))
    wave = wave.T if wave.shape[0] <= 2 else wave
    common = gcd(sound.RATE, rate)
    wave = resample_poly(wave, sound.RATE // common, rate // common, axis=0) if rate != sound.RATE else wave
    if not np.isfinite(wave).all() or not np.abs(wave).max() > 1e-5:
        raise Unmakeable(_("The music model gave silence. Try other words."))
    return np.asarray(np.repeat(wave, 2, axis=1) if wave.shape[1] == 1 else wave[:, :2], dtype=np.float32)
