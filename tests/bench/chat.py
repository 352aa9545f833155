"""How the bot bears a hundred commands a second on two cores: acks, its own overhead, processor share, memory.

    python -m tests.bench.chat [--vs COMMIT] [--piece quiet|vs|busy|two|memory] [--chat discord|slack] [--anew]
        [--seconds 60] [--rate 100] [--judged] [--profile FOLDER]

The bot (real adapter, desk, database, scripted generator) is one process, the local platform with the people another. They act at
random moments whose mean rate is given, whether or not the bot keeps up. Pieces, each on both platforms:

- quiet: the bot with all of the processor.
- vs: the bot and that of another commit by turns, this, other, other, this; what a command costs each.
- busy: the bot with half of the processor's time that it took in `quiet`.
- two, three: so many bots on one PostgreSQL; three only where asked for.
- memory: what a thousand open brainstorms weigh.

A line `RESULT {json}` after every piece has all figures so far, so that the last one has all: `ack_p99_ms`, `missed`,
`busy_ack_p99_ms`, `busy_missed`, `two_process_ack_p99_ms`, with `--vs` `discord_cpu_ratio` and `slack_cpu_ratio`, and others.
Figures are noted in build/chat.json: a run that is cut off goes on from there when the same is asked of the same commit.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench.hosts import ROOT, Trouble, checked_out
from tests.bench.loads import MIX, How, Say, bear, hold_open
from tests.bench.towns import TOWNS

NOTES = ROOT / "build" / "chat.json"
TURN_S = 25.0  # of one of the four turns side by side: 2 500 commands
CALIBRATING_S = 15.0  # to find out how much of the processor the bot takes, where no quiet run has
BUSY_S = 30.0  # with half of it: what waits only grows
MOST_S = 300.0  # for a single run, beside the time in which people act: whatever hangs ends there
PIECES = ("quiet", "vs", "busy", "two", "three", "memory")
#: Of a run on a machine that is busy, and of several processes: what people notice.
WAITS = ("ack_p50_ms", "ack_p99_ms", "missed", "first_card_p50_ms", "first_card_p99_ms", "unfinished", "unseen", "told_place")
MANY = {"two": 2, "three": 3}

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one platform. Each gives its figures."""

    chat: str
    how: How
    say: Say
    profile: str
    other: Callable[[], Path]  #: the tree of the commit beside this one
    before: Mapping[str, Figures]  #: figures of pieces that are done, by name

    def quiet(self) -> Figures:
        """All of the processor."""
        return self._bear(replace(self.how, profile=self.profile))

    def vs(self) -> Figures:
        """By turns with another commit, and in an order that drift does not favour."""
        cost: dict[Path, list[float]] = {}
        for tree in (ROOT, other := self.other(), other, ROOT):
            figures = self._bear(replace(self.how, tree=tree, seconds=min(TURN_S, self.how.seconds)))
            cost.setdefault(tree, []).append(figures["bot_cpu_ms_per_command"])
            self.say(f"{'this' if tree == ROOT else 'other'}: {cost[tree][-1]:.2f} ms of the processor a command")
        ours, others = sum(cost[ROOT]) / 2, sum(cost[other]) / 2
        return {"cpu_ratio": ours / others, "cpu_ms_beside_other": ours, "other_cpu_ms": others}

    def busy(self) -> Figures:
        """Half of the processor's time that it asks for."""
        quiet = self.before.get("quiet") or self._bear(replace(self.how, seconds=min(CALIBRATING_S, self.how.seconds)))
        how = replace(self.how, cores=quiet["bot_cores"] / 2, seconds=min(BUSY_S, self.how.seconds))
        self.say(f"the bot gets {how.cores:.2f} cores")
        return self._waits("busy", self._bear(how), "bot_cores")

    def two(self) -> Figures:
        """Two bots."""
        return self._waits("two_process", self._bear(replace(self.how, processes=2)), "violations")

    def three(self) -> Figures:
        """Three bots."""
        return self._waits("three_process", self._bear(replace(self.how, processes=3)), "violations")

    def memory(self) -> Figures:
        """Open brainstorms."""
        return self._once(hold_open)

    def _bear(self, how: How) -> Figures:
        return self._once(partial(bear, how=how))

    def _waits(self, prefix: str, figures: Figures, *more: str) -> Figures:
        return {f"{prefix}_{name}": figures[name] for name in (*WAITS, *more)}

    def _once(self, run: Callable[[str, Path, Say], Coroutine[Any, Any, Figures]]) -> Figures:
        """One run with a data folder of its own."""
        with tempfile.TemporaryDirectory(prefix="muselab-bench-") as folder:
            try:
                return asyncio.run(self._in_time(run(self.chat, Path(folder), self.say)))
            except Trouble as trouble:
                said = (Path(folder) / "bot.log").read_text(encoding="utf-8").splitlines()[-15:]
                raise Trouble("\n".join([*said, str(trouble)])) from trouble

    async def _in_time(self, run: Coroutine[Any, Any, Figures]) -> Figures:
        try:
            async with asyncio.timeout(self.how.seconds + MOST_S) as limit:
                return await run
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise Trouble("it hung") from error


class Notes:
    """Figures of pieces, kept until the whole run is over."""

    def __init__(self, asked: str, *, anew: bool) -> None:
        """`asked`: by which a run is told from others."""
        self._asked = asked
        self.figures: dict[str, Figures] = {}  #: by platform and piece
        if NOTES.exists() and not anew:
            noted = json.loads(NOTES.read_text(encoding="utf-8"))
            self.figures = noted["figures"] if noted["asked"] == asked else {}

    def of(self, chat: str) -> dict[str, Figures]:
        """What is known of a platform, by piece."""
        return {name.partition(" ")[2]: figures for name, figures in self.figures.items() if name.startswith(f"{chat} ")}

    def note(self, name: str, figures: Figures) -> None:
        """Keeps the figures of a piece."""
        self.figures[name] = figures
        NOTES.parent.mkdir(exist_ok=True)
        NOTES.write_text(json.dumps({"asked": self._asked, "figures": self.figures}, indent=1), encoding="utf-8")

    def result(self) -> str:
        """All figures so far, and of each the worst of both platforms; null where nothing was seen."""
        result = {
            f"{name.partition(' ')[0]}_{key}": round(value, 2)
            for name, figures in self.figures.items()
            for key, value in figures.items()
        }
        worst = {name.partition("_")[2] for name in result} - {"commands_per_s", "cpu_ratio"}
        for key in sorted(worst):
            result[key] = max(value for full, value in result.items() if full.partition("_")[2] == key)
        return json.dumps({name: value if math.isfinite(value) else None for name, value in result.items()})


def mixture(text: str) -> dict[str, int]:
    """`vote=90,brainstorm=10`, read."""
    return {what: int(share) for what, _equals, share in (part.partition("=") for part in text.split(","))}


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(description="acks, overhead and memory under load")
    parser.add_argument("--vs", help="a commit whose bot is measured beside this one, by turns")
    parser.add_argument("--piece", choices=PIECES, action="append", help="default: all but three")
    parser.add_argument("--chat", choices=tuple(TOWNS), action="append", help="default: both")
    parser.add_argument("--anew", action="store_true", help="forget what a run noted that was cut off")
    parser.add_argument("--seconds", type=float, default=60.0, help="in which people act, in the quiet run; at most, in others")
    parser.add_argument("--rate", type=float, default=100.0, help="commands a second")
    parser.add_argument("--mix", type=mixture, default=MIX, help="what people do, such as vote=90,brainstorm=10")
    parser.add_argument("--judged", action="store_true", help="judge everything said; costs more than the bot's own work")
    parser.add_argument("--profile", help="a folder for cProfile's statistics of the bot in the quiet run")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    gc.disable()  # looking through all that was said held this process up for half a second, which the bot was blamed for
    pieces = given.piece or [piece for piece in PIECES if piece != "three" and (piece != "vs" or given.vs)]
    if "vs" in pieces and not given.vs:
        raise SystemExit("The piece vs needs a commit: --vs COMMIT.")
    notes, broken = Notes(asked(given), anew=given.anew), []
    with tempfile.TemporaryDirectory(prefix="muselab-other-") as folder:
        other = partial(checked_out_once, given.vs, Path(folder))
        for piece in pieces:
            for chat in given.chat or TOWNS:
                name = f"{chat} {piece}"
                if name in notes.figures:
                    print(f"{name}: noted before", flush=True)
                    continue
                try:
                    notes.note(name, figures_of(piece, chat, given, other, notes.of(chat)))
                except Trouble as trouble:
                    broken.append(name)
                    print(f"{name}: {trouble}", file=sys.stderr, flush=True)
                print("RESULT", notes.result(), flush=True)
    if broken:
        raise SystemExit(f"not measured: {', '.join(broken)}; the same command goes on with these")
    NOTES.unlink(missing_ok=True)


def figures_of(
    piece: str, chat: str, given: argparse.Namespace, other: Callable[[], Path], before: Mapping[str, Figures]
) -> Figures:
    """Measures one piece on one platform, and prints what it found."""
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{chat:>8} {piece:6} {time.monotonic() - began:4.0f} s  {line}", flush=True)

    say("begins")
    profile = str(Path(given.profile).absolute() / f"{chat}.prof") if given.profile else ""
    how = How(seconds=given.seconds, rate=given.rate, mix=given.mix, judged=given.judged)
    figures: Figures = getattr(Pieces(chat, how, say, profile, other, before), piece)()
    for name, value in figures.items():
        say(f"{name:28} {value:10.2f}")
    return figures


def checked_out_once(commit: str, folder: Path) -> Path:
    """The tree of another commit."""
    return folder if any(folder.iterdir()) else checked_out(commit, folder)


def asked(given: argparse.Namespace) -> str:
    """What is measured, of which commit."""
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    return f"{head} vs {given.vs}, {given.seconds} s at {given.rate} of {given.mix}, judged: {given.judged}"


if __name__ == "__main__":
    main()
