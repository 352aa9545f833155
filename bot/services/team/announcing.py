"""Tells a team's admins what became of its model, in the channel they chose, and not in its quiet hours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog

from bot.domain.errors import MuselabError, Refusal
from bot.domain.ideas import Channel, Team
from bot.domain.models import ModelVersion, Tuning
from bot.messages import Card
from bot.ports import Chat, Store
from bot.services.models.reporting import news, tuning_news
from bot.services.models.versions import Versions
from bot.services.team.governing import Governing, whole
from bot.words import _, speaking

log = structlog.get_logger(__name__)

QUIET_S = 300.0  # between two looks whether the quiet hours are over
LOOK_S = 20.0  # between two looks whether a tuner, which is another process, began or ended a run


class Announcing:
    """Brings untold news to each team's admin channel, each once, also when they came up in quiet hours or before a restart."""

    def __init__(self, *, store: Store, governing: Governing, versions: Versions, language: str) -> None:
        """`language`: of teams whose admin channel has settled none."""
        self.store = store
        self.governing = governing
        self.versions = versions
        self.language = language
        self.chat_of: Callable[[str], Chat | None] = lambda _platform: None  #: set by the desk, which knows the chats
        self._telling: dict[Team, asyncio.Task[None]] = {}
        self._watching: asyncio.Task[None] | None = None
        versions.tell = self.soon

    def watch(self) -> None:
        """From now on tells of tuning runs, which begin and end in other processes."""
        self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            try:
                for run in await self.store.untold_tunings():
                    self.soon(run.team)
            except MuselabError as error:
                log.warning("tuning runs could not be looked for", why=str(error))
            await asyncio.sleep(LOOK_S)

    def soon(self, team: Team) -> None:
        """Tells a team's news as soon as that may be; another process does where the team's chat is not ours."""
        if team not in self._telling and self.chat_of(team.platform) is not None:
            self._telling[team] = task = asyncio.create_task(self._until_told(team))
            task.add_done_callback(lambda _done: self._telling.pop(team, None))

    async def close(self) -> None:
        """Stops; what is untold is told another time. Safe to call twice."""
        tasks = [*self._telling.values(), *([self._watching] if self._watching is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _until_told(self, team: Team) -> None:
        try:
            while await self._untold(team) != ([], []):
                if not await self.tell(team):
                    await asyncio.sleep(QUIET_S)
        except MuselabError as error:
            log.warning("news could not be told", why=str(error))
        except Exception:
            log.exception("telling news broke")

    async def tell(self, team: Team) -> bool:
        """Tells what is untold; False while quiet hours forbid it, or nobody can be reached. Without a channel none hears it."""
        untold, runs = await self._untold(team)
        if not untold and not runs:
            return True
        name = (await self.store.settings(whole(team))).admin_channel
        chat = self.chat_of(team.platform)
        if name is not None:
            channel = Channel(team=team, id=name)
            settings = await self.store.settings(channel)
            if chat is None or self.governing.quiet(settings):
                return False
            with speaking(settings.language or self.language):
                texts = [tuning_news(run) for run in runs]
                texts += [news(version, self.versions.balance(version)) for version in reversed(untold)]
                if not await self._post(chat, channel, filter(None, texts)):
                    return False
        for run in runs:
            await self.store.tell_tuning(run)
        for version in untold:
            await self._told(version)
        return True

    async def _untold(self, team: Team) -> tuple[list[ModelVersion], list[Tuning]]:
        """The team's versions and tuning runs that have news."""
        versions = [version for version in await self.versions.of(team) if version.untold]
        return versions, [run for run in await self.store.untold_tunings() if run.team == team and begun(run)]

    async def _post(self, chat: Chat, channel: Channel, texts: Iterable[str]) -> bool:
        """Posts each; False where the channel cannot be reached."""
        for text in texts:
            reply = chat.to(channel)
            if reply is None:
                return False
            await reply.show(Card(title=_("About your team's model"), text=text))
            if not reply.address:
                return False
        return True

    async def begin_in(self, channel: Channel) -> None:
        """Says in a channel that the team's admins will hear there.

        Raises:
            Refusal: nothing can be posted there, or it is no channel of the team's.
        """
        chat = self.chat_of(channel.team.platform)
        if chat is None or not chat.changes:
            return  # whoever sits at a terminal reads everything there
        reply = chat.to(channel)
        if reply is not None:
            await reply.show(
                Card(title=_("About your team's model"), text=_("From now on news of your team's model are told here."))
            )
        if reply is None or not reply.address:
            general = _(
                "Muselab cannot write in that channel, or it is not one of this team's. Choose one that Muselab can see and "
                "write in, or say “here” in it."
            )
            raise Refusal(" ".join(filter(None, (general, str(getattr(reply, "why", ""))))))

    async def _told(self, version: ModelVersion) -> None:
        """Notes that it was told, unless there is more to tell meanwhile."""
        assert version.team is not None
        now = next((other for other in await self.versions.of(version.team) if other.id == version.id), None)
        if now is not None and (now.stage, now.reason) == (version.stage, version.reason):
            await self.store.keep_version(replace(now, untold=False))


def begun(run: Tuning) -> bool:
    """Whether a run is worth a word: before, nobody knows from how much it learns."""
    return run.state != "running" or run.doing != "collecting"
