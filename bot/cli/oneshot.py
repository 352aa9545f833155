"""The command line's commands that do one thing and end: ideas, a board, an export."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from bot import wiring
from bot.config import Settings
from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import Channel, Idea, Person, Team
from bot.messages import Progress
from bot.ports import Generator, Store
from bot.services.ideas.exporting import row
from bot.services.ideas.formats import FORMATS
from bot.services.ideas.logbook import LOG, Logbook
from bot.words import _
from generators.client.scripted import ScriptedGenerator
from learning.gathering import gather
from learning.sets import FORMS, exported

LOAD_S = 300.0  # the first start converts the embedded model, which takes half a minute of CPU; a cold disk, more
PATIENCE_S = 5.0  # a service that is just being restarted is back within this
POLL_S = 0.2
NAMED = 20  # channels in one sentence; whoever has more finds theirs by the platform's own id


async def brainstorm(
    settings: Settings, topic: str, count: int | None, style: str | None, as_json: bool, channel: Channel
) -> None:
    """Ideas for a topic, printed as they come.

    Args:
        settings: the host's.
        topic: as typed.
        count: how many; None: the channel's own number.
        style: or persona; None: the channel's own.
        as_json: print one object at the end instead.
        channel: on whose board they stay.
    """
    async with wiring.opened(settings) as house:
        prompt = await house.services.answering.prompt(channel, topic, count=count, style=style)
        await loaded(house.generator)

        async def step(news: Progress | Idea) -> None:
            if isinstance(news, Idea) and not as_json:
                print(f"{news.slot + 1}. {news.text}", flush=True)

        person = Person(platform=channel.team.platform, id=whoami())
        begun = await house.services.brainstorming.begin(channel=channel, asker=person, prompt=prompt)
        ideas = await house.services.brainstorming.work(begun, step)
        if as_json:
            texts = [{"number": idea.number, "text": idea.text, "id": idea.id} for idea in ideas]
            answer = {"topic": prompt.text, "style": prompt.style, "model": begun.model, "seed": begun.seed, "ideas": texts}
            print(json.dumps(answer, ensure_ascii=False, indent=2))
        elif len(ideas) < prompt.count:
            print(_("Only {count} were good enough; a more concrete topic helps.").format(count=len(ideas)), file=sys.stderr)


async def board(settings: Settings, channel: Channel, as_json: bool) -> None:
    """A channel's ideas, best first, printed.

    Raises:
        Refusal: there is no such channel.
    """
    async with wiring.opened_store(settings) as store:
        await used(store, channel, settings)
        boards = wiring.furnish(settings, store=store, generator=ScriptedGenerator(), learns=False).services.boards
        standings = await boards.all(channel)
    if as_json:
        print(json.dumps([row(rank, standing) for rank, standing in enumerate(standings, start=1)], ensure_ascii=False, indent=2))
        return
    if not standings:
        print(_("The board is empty. Start with: muselab brainstorm TOPIC"), file=sys.stderr)
    for rank, standing in enumerate(standings, start=1):
        tally = standing.tally
        marks = [f"👍 {tally.ups}" if tally.ups else "", f"👎 {tally.downs}" if tally.downs else "", "✅" if tally.picked else ""]
        print(f"{rank}. {standing.idea.text}" + "".join("  " + mark for mark in marks if mark))


async def export(settings: Settings, channel: Channel, format: str, output: Path | None) -> None:
    """A channel's board or log, or what its team's votes teach, as a file.

    Raises:
        Refusal: there is no such format or channel, or the file cannot be written.
    """
    if format not in (known := (*FORMATS, LOG, *FORMS)):
        raise Refusal(_("There is no format “{form}”. There are: {known}.").format(form=format, known=", ".join(known)))
    async with wiring.opened_store(settings) as store:
        await used(store, channel, settings)
        if format == LOG:
            content = "".join([line async for line in Logbook(store).lines(channel)]).encode()
            deliver(content, output, empty=_("Nobody has asked for ideas in this channel yet, so its log is empty."))
            return
        if format in FORMS:
            taught = exported(await gather(store, channel.team), format).encode()
            deliver(taught, output, empty=_("The votes of this channel's team teach nothing yet, so there is nothing to export."))
            return
        file = await wiring.furnish(settings, store=store, generator=ScriptedGenerator(), learns=False).services.exporting.board(
            channel, format
        )
    deliver(file.content, output)


async def forget(settings: Settings, named: str, *, sure: bool) -> None:
    """Deletes everything of a team, after asking whoever sits there.

    Raises:
        Refusal: it is no team's name, nothing is kept of it, or nobody can be asked.
    """
    platform, _colon, id = named.partition(":")
    if not platform or not id:
        raise Refusal(_("“{team}” is not a team. Write it like discord:8123 or slack:T0123.").format(team=named[:60]))
    if not sure:
        if not sys.stdin.isatty():
            raise Refusal(_("This cannot be undone, and nobody can be asked here. Add --yes to delete everything of that team."))
        question = _("Delete everything of {team}, for good? Type its name to go on: ").format(team=named)
        line = await asyncio.to_thread(input, question)
        if line.strip() != named:
            raise Refusal(_("Nothing was deleted."))
    async with wiring.opened_store(settings) as store:
        leaving = wiring.furnish(settings, store=store, generator=ScriptedGenerator(), learns=False).services.leaving
        cleared = await leaving.forget(Team(platform=platform, id=id))
    if not cleared.rows and not cleared.files:
        raise Refusal(_("Nothing is kept of {team}.").format(team=named[:60]))
    line = _("{team} is forgotten: {rows} rows, {files} files, {models} tuned models.")
    print(line.format(team=named, rows=cleared.rows, files=cleared.files, models=len(cleared.adapters)))


def deliver(content: bytes, output: Path | None, *, empty: str = "") -> None:
    """Into a file, or onto standard output; `empty`: said beside it where there is nothing in it."""
    if not content and empty:
        print(empty, file=sys.stderr)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    write(output, content)


def write(file: Path, content: bytes) -> None:
    """Writes a file the person named.

    Raises:
        Refusal: it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Refusal(_("{file} cannot be written: {why}.").format(file=file, why=error.strerror)) from error


def place(text: str, settings: Settings) -> Channel:
    """The channel written as PLATFORM:TEAM:CHANNEL; the terminal's own when nothing is written.

    Raises:
        Refusal: it is not written so.
    """
    parts = (text or f"terminal:local:{settings.terminal.channel}").split(":")
    if len(parts) != 3 or not all(parts):
        raise Refusal(_("“{text}” is not a channel. Write PLATFORM:TEAM:CHANNEL, such as terminal:local:main.").format(text=text))
    platform, team, channel = parts
    return Channel(team=Team(platform=platform, id=team), id=channel)


async def used(store: Store, channel: Channel, settings: Settings) -> None:
    """Raises `Refusal` where nobody ever asked in a channel, naming those where somebody did; the terminal's own counts."""
    channels = await store.channels()
    if channel in channels or channel == place("", settings):
        return
    names = [_name(one) for one in channels]
    if not names:
        raise Refusal(_("There is no channel “{name}”. Nobody has asked for ideas in any yet.").format(name=_name(channel)))
    more = _(" and {count} more").format(count=len(names) - NAMED) if len(names) > NAMED else ""
    raise Refusal(
        _("There is no channel “{name}”. There are: {known}.").format(name=_name(channel), known=", ".join(names[:NAMED]) + more)
    )


def _name(channel: Channel) -> str:
    return f"{channel.team.platform}:{channel.team.id}:{channel.id}"


def whoami() -> str:
    """The login name of whoever sits at the terminal."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        return f"uid{os.getuid()}"


async def loaded(generator: Generator) -> None:
    """Waits until the generator is ready, saying on stderr what it is loading.

    Raises:
        GeneratorDown: it is not within `LOAD_S`, or says for `PATIENCE_S` that it never will be; the message says why.
    """
    last_line = ""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LOAD_S
    while not (health := await generator.health()).ready:
        if health.failed:
            deadline = min(deadline, loop.time() + PATIENCE_S)
        if loop.time() > deadline:
            raise GeneratorDown(health.doing)
        line = health.doing + ("" if health.done is None else f" {health.done:.0%}")
        if line != last_line and sys.stderr.isatty():
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
        last_line = line
        await asyncio.sleep(POLL_S)
    if last_line and sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
