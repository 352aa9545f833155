"""Media: from a commission to works that are stored, then shown.

A commission is kept as a brainstorm whose prompt has a modality, so it is durable like any other: whoever finds it with an ended
lease goes on where it stopped. Each work is an idea, and people vote on it like on any idea.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from itertools import groupby

import structlog

from bot.config import MediaTable
from bot.domain.errors import GeneratorDown, Refusal
from bot.domain.ideas import MAX_IDEA, Brainstorm, BrainstormId, Channel, Idea, IdeaId, Person, Prompt, Team, clean
from bot.limits import Turnstile
from bot.messages import File, Progress, Value
from bot.ports import LEASE, Clock, Commission, Made, Maker, Store
from bot.services.events import own_id
from bot.services.ideas.leasing import Ended, Leasing, begun, queueing, unseen
from bot.services.media.awaiting import Watch, made
from bot.services.media.bandit import Liking
from bot.services.media.ordered import SEED, engine_options
from bot.services.media.parts import PARTS, best
from bot.services.media.styling import OURS, Styling
from bot.words import _, language

log = structlog.get_logger(__name__)

Step = Callable[[Progress | Idea], Awaitable[None]]

AGAIN_S = 2.0  # a service that died while it made something is back by then, or is asked in vain
MB = 1_000_000


class Making:
    """Runs commissions, several at a time."""

    def __init__(
        self,
        *,
        store: Store,
        maker: Maker,
        liking: Liking,
        styling: Styling,
        turnstile: Turnstile,
        settings: MediaTable,
        clock: Clock,
        new_id: Callable[[], str],
        new_seed: Callable[[], int],
    ) -> None:
        self.store = store
        self.maker = maker
        self.liking = liking
        self.styling = styling
        self.turnstile = turnstile
        self.settings = settings
        self.clock = clock
        self.leasing = Leasing(store, clock)
        self.new_id = new_id
        self.new_seed = new_seed

    @property
    def drawn(self) -> bool:
        """Whether pictures are composed of drawings: words are written on them, which a model that paints would understand."""
        return self.settings.image == "embedded"

    async def begin(
        self,
        *,
        channel: Channel,
        asker: Person,
        prompt: Prompt,
        parents: tuple[IdeaId, ...] = (),
        files: Sequence[File] = (),
        locale: str = "en",
        back: str = "",
        address: str = "",
    ) -> Brainstorm:
        """Stores a new commission and the files handed in with it, leased to this process.

        Raises:
            Refusal: the team's files take all the room they may, and every one of them was voted for.
        """
        await self.make_room(channel.team)
        now = self.clock()
        brainstorm = Brainstorm(
            id=BrainstormId(own_id(self.new_id)),
            channel=channel,
            asker=asker,
            prompt=prompt,
            parents=parents,
            model="",
            seed=int(prompt.option(SEED)) if prompt.option(SEED) else self.new_seed(),
            locale=locale,
            back=back,
            address=address,
            holder=self.new_id(),
            created_at=now,
            leased_until=now + LEASE,
        )
        if files:
            await self.store.keep_media(channel.team, brainstorm.id, files, now)
        await begun(self.store, brainstorm)
        return brainstorm

    async def work(self, brainstorm: Brainstorm, step: Step, ended: Ended = unseen) -> list[Idea]:
        """Makes what is still missing of a commission's works; returns all of them, by slot.

        Args:
            brainstorm: stored, and leased to this process.
            step: told of progress, and of each work after it was stored.
            ended: see `Ended`.

        Raises:
            Refusal: the engine will not do it as asked.
            TakenOver: another process goes on with it.
            Outage: the maker or the store failed for good. Works made before that are stored.
        """
        return await self.leasing.run(brainstorm, self._work(brainstorm, step), ended)

    async def _work(self, brainstorm: Brainstorm, step: Step) -> list[Idea]:
        team, prompt = brainstorm.channel.team, brainstorm.prompt
        before = await self.store.ideas_of(team, brainstorm.id)
        if prompt is None:  # its asker had it deleted meanwhile
            return before
        done = [idea for idea in before if idea.modality == prompt.modality]
        files = await self.files(team, brainstorm.id)
        async with self.turnstile.turn(brainstorm.asker, brainstorm.channel, queueing(step)):
            await step(Progress(doing=_("Beginning"), done=len(done), total=prompt.count))
            if prompt.modality == "pitch" and len(done) < prompt.count:
                files = await self._parts(brainstorm, prompt, step)
            while len(done) < prompt.count:
                had = len(done)
                for commission in await self._commissions(brainstorm, prompt, files, len(done)):
                    done += await self._make(brainstorm, commission, len(done), step)
                if len(done) == had:
                    break
        return done

    async def _parts(self, brainstorm: Brainstorm, prompt: Prompt, step: Step) -> tuple[File, ...]:
        """What a pitch is put together from: the idea's best picture, spoken line and tune, each made where there is none yet."""
        parts: list[File] = []
        for slot, row in enumerate(PARTS):
            part = await best(self.store, brainstorm, row.name)
            if part is None:
                asked = Commission(modality=row.name, text=prompt.text, seed=brainstorm.seed, language=brainstorm.locale)
                try:
                    part = (await self._make(brainstorm, asked, slot - len(PARTS), step))[0]
                except Refusal as error:
                    if row.needed:
                        raise
                    log.info("a pitch does without", part=row.name, why=str(error))
                    continue
            files = await self.files(brainstorm.channel.team, part.id)
            material = next((file for file in files if file.media_type.startswith(row.part)), None)
            if material is not None:
                parts.append(replace(material, name=f"{row.name}-{material.name}"))
        return tuple(parts)

    async def _commissions(self, brainstorm: Brainstorm, prompt: Prompt, files: tuple[File, ...], done: int) -> list[Commission]:
        """What is still to be made: one commission for each run of works that want the same options."""
        choices = engine_options(prompt)
        team = brainstorm.channel.team
        tastes = await self.liking.defaults(team, prompt.modality, choices, brainstorm.seed, prompt.count)
        whole = Commission(
            modality=prompt.modality,
            text=prompt.text,
            options=choices,
            attachments=files,
            seed=brainstorm.seed + done,
            language=brainstorm.locale,
        )
        commissions: list[Commission] = []
        for taste, run in groupby(tastes[done:]):
            count = len(list(run))
            at = sum(one.count for one in commissions)
            options = await self.styling.dressed(team, taste | choices, asked=choices.get("style") == OURS)
            commissions.append(replace(whole, options=options, count=count, seed=whole.seed + at))
        return commissions

    async def _make(self, brainstorm: Brainstorm, commission: Commission, slot: int, step: Step) -> list[Idea]:
        """The works of one commission; asked for once more when the service dies before the first."""
        works: list[Idea] = []
        for attempt in range(2):
            try:
                async with aclosing(self.maker.make(commission)) as events:
                    async for event in events:
                        if isinstance(event, Progress):
                            await step(event)
                        else:
                            works.append(await self._keep(brainstorm, event, commission, slot + len(works)))
                            await step(works[-1])
                return works
            except GeneratorDown as error:
                if works or attempt:
                    raise
                log.warning("the maker failed; once more", why=str(error))
                await asyncio.sleep(AGAIN_S)
        return works

    async def _keep(self, brainstorm: Brainstorm, work: Made, commission: Commission, slot: int) -> Idea:
        """Stores a work before anybody sees it: its files first, so that no idea is without them."""
        prompt = brainstorm.prompt
        assert prompt is not None
        id, now = IdeaId(self.new_id()), self.clock()
        alt = clean(work.alt)
        await self.store.keep_media(
            brainstorm.channel.team, id, [file if file.alt else replace(file, alt=alt) for file in work.files], now
        )
        return await self.store.add(
            Idea(
                id=id,
                brainstorm=brainstorm.id,
                channel=brainstorm.channel,
                number=0,
                text=alt if len(alt) <= MAX_IDEA else alt[: MAX_IDEA - 1].rstrip() + "…",
                origin=prompt.operation,
                parents=brainstorm.parents,
                asker=brainstorm.asker,
                slot=slot,
                created_at=now,
                modality=commission.modality,
                traits=tuple((dict(work.traits) | ({"style": OURS} if "adapter" in commission.options else {})).items()),
                features=work.features,
            ),
            held=brainstorm,
        )

    async def looked_at(self, picture: File) -> Mapping[str, Value | float]:
        """What a picture shows, by name: label, words, text, colours.

        Raises:
            Refusal: nothing here can look at pictures, or this one cannot be opened.
            GeneratorDown: what looks at pictures cannot work now.
        """
        return (await made(self.maker, Commission(modality="vision", attachments=(picture,), language=language()))).facts

    async def read(self, picture: File, watch: Watch) -> Made:
        """What is written in a picture, its facts by name: text, columns, unread; its files are what could not be read, cut out.

        `watch` is told how far it is. Raises likewise.
        """
        options: dict[str, Value] = {"do": "notes"}
        return await made(
            self.maker, Commission(modality="vision", attachments=(picture,), language=language(), options=options), watch
        )

    async def heard(self, recording: File, watch: Watch) -> Mapping[str, Value | float]:
        """What is said in a recording, by name: text, thoughts, seconds; `watch` is told how far it is. Raises likewise."""
        asked = Commission(modality="hearing", attachments=(recording,), language=language())
        return (await made(self.maker, asked, watch)).facts

    async def files(self, team: Team, owner: str) -> tuple[File, ...]:
        """An owner's files with their bytes, by place."""
        files: list[File] = []
        for one in (await self.store.media(team, [owner])).get(owner, ()):
            content = await self.store.content(team, one.digest)
            if content is not None:
                files.append(File(name=one.name, media_type=one.media_type, content=content, alt=one.alt))
        return tuple(files)

    async def make_room(self, team: Team) -> None:
        """Deletes files that are past their time, and while the team has too many those that nobody voted for.

        Raises:
            Refusal: it has too many all the same.
        """
        if self.settings.keep_days:
            old = await self.store.spare_media(team, self.clock() - timedelta(days=self.settings.keep_days))
            await self.store.drop_media(team, old)
        most = self.settings.team_mb * MB
        if await self.store.media_used(team) < most:
            return
        spare = await self.store.spare_media(team, self.clock())
        while spare and await self.store.media_used(team) >= most:
            await self.store.drop_media(team, [spare.pop(0)])  # one by one: no more goes than must
        if await self.store.media_used(team) >= most:
            raise Refusal(
                _(
                    "This team's pictures and sounds take {most} MB, all that is allowed here, and every one of them was voted "
                    "for. Take votes back, or ask whoever hosts Muselab for more room."
                ).format(most=self.settings.team_mb)
            )
