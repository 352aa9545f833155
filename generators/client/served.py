"""What a service says it has: its models, whose they are, and how they want to be asked."""

from __future__ import annotations

import re

from bot.domain.errors import GeneratorDown
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.fleet import Fleet

OWN = "muselab"  # what our service says it is, in `owned_by`
CONTINUING = frozenset({OWN, "vllm"})  # services that go on with a begun answer
SGLANG = "sglang"  # it wants an adapter named behind the base
ENGLISH_ONLY = re.compile(r"smollm|gpt-?2\b|pythia", re.IGNORECASE)  # models that know no Chinese
SMALL = re.compile(
    r"\b(?:\d{2,3}m|0\.\d+b)\b|tiny|gpt-?2\b|pythia", re.IGNORECASE
)  # models that follow examples better than orders
TEXT, EMBEDDING = "text", "embedding"  # what a model makes, as our service tells; others tell nothing
EMBEDS = re.compile(r"embed|minilm|\bbge|\bgte|\be5-", re.IGNORECASE)  # names of models that make vectors


class Served:
    """The models of one service, asked for once."""

    def __init__(self, api: Api | Fleet, model: str) -> None:
        self._api = api
        self.named = model  #: the host's choice, or ours once the service was asked
        self._listed: list[Json] = []

    async def _models(self) -> list[Json]:
        if not self._listed:
            try:
                listed = (await self._api.get("/models")).get("data")
            except (GeneratorDown, Declined):
                if not self.named:
                    raise
                return []  # transformers has none to list where nothing was downloaded; the model's name is known
            self._listed = [model for model in listed if isinstance(model, dict)] if isinstance(listed, list) else []
        return self._listed

    def forget(self) -> None:
        """Asks anew what the service has, when that is needed next: it was started again with something else."""
        self._listed = []

    async def owner(self) -> str:
        """Who the service says it is."""
        return next((str(model.get("owned_by", "")).lower() for model in await self._models()), "")

    async def follows_orders(self, model: str) -> bool:
        """Whether the model is asked by instruction rather than by example."""
        return not SMALL.search(model) and (await self.owner() != OWN or not ENGLISH_ONLY.search(model))

    async def model(self) -> str:
        """What is asked where an order names none: the first text model listed, unless the host chose."""
        if not self.named:
            texts = [model for model in await self._models() if model.get("modality", TEXT) == TEXT]
            names = [str(model.get("id", "")) for model in texts]
            self.named = next((name for name in names if name and not EMBEDS.search(name)), "")
        return self.named

    async def embedder(self) -> str:
        """The listed model whose name says that it embeds, else the text model."""
        models = [model for model in await self._models() if model.get("modality", EMBEDDING) in (TEXT, EMBEDDING)]
        names = [str(model.get("id", "")) for model in models]
        return next((name for name in names if EMBEDS.search(name)), await self.model())
