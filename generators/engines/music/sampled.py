"""Sound by any text-to-audio model of transformers, such as MusicGen: the production music engine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from bot.words import _
from generators.engines.making import Commission, Option, Rendered, Report, Unmakeable, Work
from generators.engines.music import options, sound, styles
from generators.engines.music.options import AUTO, Wanted
from generators.engines.shared import hearing

MOST = 4  # versions at once: each takes a model of billions of weights as long as it sounds
FRAMES_A_SECOND = 50  # of the codec that MusicGen speaks in, where a model's configuration does not say


class AudioModel:
    """A model by its name or folder, loaded with the first commission."""

    def __init__(self, name: str, *, device: str = "auto", dtype: str = "auto") -> None:
        self.name, self.device, self.dtype = name, device, dtype
        self._pipe: Any = None

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine.make`."""
        if not 1 <= commission.count <= MOST:
            raise Unmakeable(_("Between 1 and {most} versions can be made at once.").format(most=MOST))
        wanted = options.read(commission.options)
        if wanted.notes or commission.attachments:
            raise Unmakeable(_("{model} makes sound from words; it cannot take up notes.").format(model=self.name))
        prompt = _prompt(commission.text, wanted)
        report(_("loading the model"), 0.0)
        pipe = self._loaded()
        for number in range(commission.count):
            report(_("playing it"), (number + 0.1) / commission.count)
            yield self._work(pipe, prompt, wanted, commission.seed + number)

    def close(self) -> None:
        """See `Engine.close`."""
        self._pipe = None

    def _loaded(self) -> Any:
        if self._pipe is None:
            import torch
            from transformers import pipeline

            device = self.device
            if device == "auto":
                device = "cuda" if torch.cuda.is_available() else "cpu"
            dtype = (torch.float16 if device.startswith("cuda") else torch.float32) if self.dtype == "auto" else self.dtype
            try:
                self._pipe = pipeline("text-to-audio", model=self.name, device=device, dtype=dtype)
            except (OSError, ValueError, KeyError) as error:
                raise Unmakeable(
                    _("The music model {model} could not be loaded: {why}").format(
                        model=self.name, why=str(error).splitlines()[0][:200]
                    )
                ) from error
        return self._pipe

    def _work(self, pipe: Any, prompt: str, wanted: Wanted, seed: int) -> Work:
        import torch

        torch.manual_seed(seed)
        config = getattr(pipe.model.config, "audio_encoder", pipe.model.config)
        frames = getattr(config, "frame_rate", FRAMES_A_SECOND)
        said = {"generate_kwargs": {"max_new_tokens": max(8, int(wanted.seconds * frames)), "do_sample": True}}
        if not pipe.model.can_generate():
            said = {}
        found = pipe(prompt, **said)
        found = found[0] if isinstance(found, list) else found
        heard, measured = sound.levelled(_stereo(found["audio"], int(found["sampling_rate"])))
        _container, _subtype, media_type = sound.FORMATS[wanted.format]
        audio = Rendered(name=f"tune.{wanted.format}", media_type=media_type, content=sound.packed(heard, wanted.format))
        facts: dict[str, Option] = {
            "seconds": round(measured.seconds, 2),
            "loudness_lufs": round(measured.loudness, 1),
            "model": self.name,
        }
        return Work(
            files=(audio,),
            alt=_("Music made from the words: {prompt}").format(prompt=prompt),
            traits=_traits(wanted),
            facts=facts,
            features=hearing.measures(heard, sound.RATE),
        )


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
    wave = resample_poly(wave, sound.RATE // 100, rate // 100, axis=0) if rate != sound.RATE else wave
    if not np.isfinite(wave).all() or not np.abs(wave).max() > 1e-5:
        raise Unmakeable(_("The music model gave silence. Try other words."))
    return np.asarray(np.repeat(wave, 2, axis=1) if wave.shape[1] == 1 else wave[:, :2], dtype=np.float32)
