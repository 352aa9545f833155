"""A generation service in a process of its own: vLLM's envelopes and errors, words that no model has to think of.

python -m tests.bench.chaos.service PORT CHUNK_S
"""

from __future__ import annotations

import random
import sys

from aiohttp import web

from bot.domain.ideas import Prompt
from generators.client.scripted import made_up
from tests.fakes.vllm import Vllm

TEXTS = 2000  # so that brainstorms do not repeat one another


def main() -> None:
    port, chunk_s = int(sys.argv[1]), float(sys.argv[2])
    chance = random.Random(7)
    subjects = ("harbour", "kettle", "lantern", "orchard", "pottery", "quarry", "willow")
    words = tuple(made_up(Prompt(text=chance.choice(subjects)), chance) for _text in range(TEXTS))
    web.run_app(Vllm(words=words, chunk_s=chunk_s).app(), host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main()
