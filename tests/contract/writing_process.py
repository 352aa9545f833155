"""A process that stores ideas and votes for ever and prints each number once the store has taken it: to be killed.

Run as `python -m tests.contract.writing_process URL`.
"""

import asyncio
import sys

from storage.urls import build
from tests.contract.stores import TEAM, a_vote, an_idea, people


async def write(url: str) -> None:
    store = build(url)
    await store.open()
    [person] = people(1)
    while True:
        idea = await store.add(an_idea())
        await store.hear(TEAM, a_vote(idea, person=person))
        print(idea.number, flush=True)


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1]))
