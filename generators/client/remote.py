"""The client of any OpenAI-compatible service: orders become requests, finished choices become drafts."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from bot.domain.errors import GeneratorDown, MuselabError, Refusal
from bot.domain.ideas import Draft, Prompt, Team
from bot.ports import Health, Order
from bot.words import N_, _
from generators.bank import recalling
from generators.client import kindred, lessons
from generators.client.answered import Json
from generators.client.choosing import Choosing
from generators.client.coming import JUDGED_TOGETHER, Coming
from generators.client.drafting import Drafting
from generators.client.embeddings import Embeddings
from generators.client.fleet import reached
from generators.client.languages import english_only, foreign
from generators.client.polishing import faithful
from generators.client.recipes import Asking, askings, recognised
from generators.client.served import OWN, Served
from generators.client.servers import Server
from generators.client.tuned import AGAIN_S, Adapters

ALONE_AT_ONCE = 4  # requests at a time to a service that makes one choice a request
#: How many times as many versions of a draft as of other ideas: most of a small model's say something else, and they are short.
POLISHED = 4.0
#: Log-odds of an idea of the bank from which a small model drafts fewer: most of what is shown is the bank's then.
SURE, FEWER = 0.5, 0.5
TOO_SMALL = N_("{model} is too small for this form. Ask for a line, a haiku or a couplet, or let the host choose a bigger model.")
LOADING = re.compile(r"loading (?P<model>\S+)")


class RemoteGenerator:
    """Ideas and vectors from a service that speaks the OpenAI API. It does not own the server: who opened that closes it."""

    def __init__(
        self,
        server: str | Sequence[str] | Server,
        *,
        token: str = "",
        model: str = "",
        timeout_s: float = 120.0,
        embeddings: bool = True,
        adapters: str = "",
        again_s: float = AGAIN_S,
    ) -> None:
        """Connects to nothing yet.

        Args:
            server: the API's base URL ending in /v1, several with commas between them, or where it is just now (a `Child`).
            token: bearer token, when `server` is a URL.
            model: what to ask for when an order names no model; empty: the first text model the service lists.
            timeout_s: for one order's drafts, waiting for a loading service included.
            embeddings: whether to ask for embeddings at all.
            adapters: folder of versions' weights, as the service sees it; each is a folder named by its content hash.
            again_s: after which a version that the service refused to load is tried again.
        """
        self._api = reached(server, token, timeout_s=timeout_s)
        self._stays = isinstance(server, str | Sequence)  #: what cannot be reached there now is not about to be restarted by us
        self._served = Served(self._api, model)
        self._vectors = Embeddings(self._api, self._served, asked=embeddings)
        self._adapters = Adapters(self._api, adapters, again_s)
        self._drafting = Drafting(self._api, self._served, self._adapters, self._vectors)
        self._choosing = Choosing(self._api, self._served, self._adapters)

    async def health(self) -> Health:
        """Asks `/health`, which ours and most engines have, then `/v1/models`, which all have."""
        known = self._api.state()
        if known is not None:
            return known
        try:
            health = await self._api.health()
            if health.get("status") in ("loading", "failed"):
                doing, failed = _said(str(health.get("doing", ""))), health["status"] == "failed"
                return Health(ready=False, doing=doing, done=_share(health), model=self._served.named, failed=failed)
            well, of = health.get("services", (1, 1))
            doing = _("ready") if well == of else _("{well} of {all} services are ready").format(well=well, all=of)
            model = await self._served.model()
            return Health(ready=True, doing=doing, done=1.0, model=model)
        except MuselabError as error:
            known = self._api.state()  # a child that died meanwhile says more than a refused connection
            return known or Health(ready=False, doing=str(error), model=self._served.named, failed=self._stays)

    async def draft(self, order: Order) -> AsyncGenerator[Draft, None]:
        """Yields drafts as their choices finish. The same order gives the same drafts, their order may differ.

        Raises:
            GeneratorDown: the service cannot be reached, died, or refuses to work now.
            Refusal: it will never do this.
        """
        base = await self._served.model() if order.adapter or not order.model else order.model
        chinese = foreign(order.prompt)
        if chinese and not await self._served.reads_chinese(base):
            raise english_only(order.prompt)
        model = order.model if order.adapter and await self._adapters.has(order.model, order.adapter) else base
        instructed = await self._served.follows_orders(base, chinese=chinese)
        kin = () if instructed or chinese else await self._kin(order.prompt)
        taught = await self._served.taught(base)
        polished = taught and order.prompt.operation == "polish"
        if polished:  # who learned to answer topics answers a draft with another idea
            model, taught = await self._served.untaught(base), False
        recipe, asked = askings(order, instructed=instructed, kin=kin, taught=taught)
        asked = [replace(asking, user=user_of(order.team)) for asking in asked]
        if recipe.large and not instructed and order.prompt.operation != "polish":
            raise Refusal(_(TOO_SMALL).format(model=base))
        known = await recalling.drafts(order, lessons.asked(order.prompt, recipe), self._english) if taught else []
        for draft in known:
            yield draft
        if order.known_do and not order.adapter and recalling.ample(known, order):
            return
        together = ceil(order.candidates * JUDGED_TOGETHER) if await self._served.owner() == OWN else 1
        coming = Coming(self._drafting, recipe, order, together)
        tasks = [asyncio.create_task(self._make(asking, model, coming)) for asking in asked]
        try:
            async for drafts in coming.drafts(len(tasks)):
                for draft in await self._faithful(drafts, order.prompt) if polished else drafts:
                    yield draft
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def oversampling(self, prompt: Prompt) -> float:
        """See `bot.ports.Generator`."""
        if foreign(prompt) and self._api.state() is None:
            with suppress(GeneratorDown):
                if not await self._served.reads_chinese(await self._served.model()):
                    raise english_only(prompt)
        polished = prompt.operation == "polish"
        if (polished or prompt.operation in lessons.OPERATIONS) and prompt.language == "en":
            recipe, _subject = recognised(prompt)
            if recipe.kindred and not polished:  # which `draft` needs next: read while the service may still be loading
                await asyncio.to_thread(kindred.vocabulary)
            with suppress(MuselabError):  # who cannot be asked now will say so when drafts are asked for
                await self._api.health()  # a silent service is known within seconds; a loading one is waited for below
                if await self._served.taught(await self._served.model()):
                    if polished:
                        return POLISHED
                    sure = await recalling.known(prompt, lessons.asked(prompt, recipe), self._english) >= SURE
                    return recipe.oversampling * (FEWER if sure else 1.0)
        return 1.0

    @property
    def encoder(self) -> str:
        """See `bot.ports.Generator`."""
        return self._vectors.encoder

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Asks only for texts whose vectors are not remembered."""
        return await self._vectors.of(texts)

    async def close(self) -> None:
        """Closes the connections."""
        await self._api.close()

    # drafts

    async def _rows(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Vectors of texts; None where there are none now."""
        try:
            return await self._vectors.of(texts)
        except GeneratorDown:
            return None

    async def _kin(self, prompt: Prompt) -> Sequence[str]:
        """Words near to what a prompt is about, where its recipe has a place for them; none where vectors cannot be had now."""
        recipe, subject = recognised(prompt)
        if prompt.operation != "fresh" or not recipe.kindred:
            return ()
        rows = await self._rows([subject])
        return () if rows is None else kindred.words(rows[0], self._vectors.encoder)

    async def _english(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """Vectors by the encoder that the bank's are of; None for another's, and where there are none now."""
        rows = await self._rows(texts)
        return rows if self._vectors.encoder.startswith(kindred.ENCODER) else None

    async def _faithful(self, drafts: list[Draft], prompt: Prompt) -> list[Draft]:
        """Versions of a draft, those broken that mean something else; as they are where vectors cannot be had now."""
        rows = await self._rows([prompt.about[0], *(draft.text for draft in drafts)])
        return drafts if rows is None else faithful(drafts, rows, prompt)

    async def _make(self, asking: Asking, model: str, coming: Coming) -> None:
        """Puts the choices of one asking into the queue, then None, or what went wrong."""
        finished = coming.finished
        try:
            if asking.written:
                made = await self._choosing.written(asking, model)
                for choice in made[: asking.count]:
                    finished.put_nowait(choice)
                coming.held += made[asking.count :]
                finished.put_nowait(None)
                return
            got = 0
            async for choice in self._choosing.of(asking, model, count=asking.count, seed=asking.seed):
                got += 1
                finished.put_nowait(choice)
            alone = asyncio.Semaphore(ALONE_AT_ONCE)

            async def one(number: int) -> None:
                async with alone:
                    async for choice in self._choosing.of(asking, model, count=1, seed=asking.seed + number):
                        finished.put_nowait(choice)

            async with asyncio.TaskGroup() as rest:  # a service that makes one choice a request, whatever `n` says
                for number in range(got, asking.count):
                    rest.create_task(one(number))
        except* MuselabError as errors:
            finished.put_nowait(_first(errors))
        else:
            finished.put_nowait(None)


def _said(doing: str) -> str:
    """What our service says that it does, which it says in English, in the reader's language."""
    match = LOADING.fullmatch(doing)
    return _("loading {model}").format(model=match["model"]) if match else doing or _("loading")


def _first(errors: BaseExceptionGroup[MuselabError]) -> MuselabError:
    """One of the errors in a group, a refusal before all others."""
    flat: list[MuselabError] = []
    for error in errors.exceptions:
        flat += [_first(error)] if isinstance(error, BaseExceptionGroup) else [error]
    return next((error for error in flat if isinstance(error, Refusal)), flat[0])


def _share(health: Json) -> float | None:
    with suppress(TypeError, ValueError):
        return min(1.0, max(0.0, float(health["done"]))) if "done" in health else None
    return None


def user_of(team: Team) -> str:
    """A team as engines may know it: the same each time, and no name."""
    return hashlib.blake2b(f"{team.platform}:{team.id}".encode(), digest_size=12).hexdigest()
