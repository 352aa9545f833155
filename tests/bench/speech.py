"""How well the voice is understood, and what it costs: `python -m tests.bench.speech`; needs `pip install pocketsphinx`."""

from __future__ import annotations

import re
import sys
import time

import numpy as np
from scipy.signal import resample_poly

from generators.service.easel import peak_mb
from generators.speech.sound import levelled
from generators.speech.voices import Joe
from tests.bench.sentences import SENTENCES, errors

HEARD_RATE = 16_000  # what the recogniser was trained on


def main() -> None:
    """Says twenty sentences and lets a recogniser write them down."""
    try:
        from pocketsphinx import Decoder
    except ModuleNotFoundError:
        sys.exit("This needs the recogniser: pip install pocketsphinx")
    joe, decoder = Joe(), Decoder(samprate=HEARD_RATE, loglevel="FATAL")
    joe.say("Warm up.", speed=1.0, seed=0, heard=lambda _share: None)
    wrong = words = 0
    seconds = cpu = 0.0
    for sentence in SENTENCES:
        began = time.process_time()
        sound = joe.say(sentence + ".", speed=1.0, seed=0, heard=lambda _share: None)
        sound, _loudness = levelled(sound, joe.rate)
        cpu += time.process_time() - began
        seconds += len(sound) / joe.rate
        quiet = np.zeros(HEARD_RATE // 2)
        pcm = np.concatenate([quiet, resample_poly(sound, HEARD_RATE, joe.rate), quiet])
        decoder.start_utt()
        decoder.process_raw((np.clip(pcm, -1, 1) * 32_000).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        heard = decoder.hyp().hypstr.split() if decoder.hyp() else []
        said = re.findall(r"[a-z']+", sentence.lower())
        wrong, words = wrong + errors(said, heard), words + len(said)
        print(f"{errors(said, heard):3} of {len(said):2}  {sentence}  |  {' '.join(heard)}")
    print(f"RESULT wer {wrong / words:.3f}")
    print(f"RESULT speech_10s_cpu_s {10 * cpu / seconds:.2f}")
    print(f"RESULT speech_peak_mb {peak_mb():.0f}")


if __name__ == "__main__":
    main()
