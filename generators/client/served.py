"""What a service says it has: its models, whose they are, and how they want to be asked."""

from __future__ import annotations

import re

from bot.domain.errors import GeneratorDown
from generators.client.answered import Declined, Json
from generators.client.api import Api
from generators.client.fleet import Fleet

OWN = "muselab"  # what our service says it is, in `owned_by`
CONTINUING = frozenset({OWN, "vllm"})  # services that go on with a begun answer
OLLAMA = "library"  # of a model that came from Ollama's own library
SGLANG = "sglang"  # it wants an adapter named behind the base
#: Parameters from which a model follows orders better than examples. Of one with 0.5e9 English sentences are better by example,
#: and in Chinese, where examples are fewer, names are better by order; see docs/lab/ideas.md.
OBEYS, OBEYS_IN_CHINESE = 1_000_000_000, 400_000_000
# Where the service does not say how large a model is and what it reads, its name has to do:
ENGLISH_ONLY = re.compile(r"smollm|gpt-?2\b|pythia", re.IGNORECASE)  # models that know no Chinese
SMALL = re.compile(
    r"\b(?:\d{2,3}m|0\.\d+b)\b|tiny|gpt-?2\b|pythia", re.IGNORECASE
)  # models that follow examples better than orders
TAUGHT = re.compile(r"\bSmolLM2-135M-Muselab\b", re.IGNORECASE)  # models that had our lessons
TEXT, EMBEDDING = "text", "embedding"  # what a model makes, as our service tells; others tell nothing
EMBEDS = re.compile(r"embed|minilm|\bbge|\bgte|\be5-", re.IGNORECASE)  # names of models that make vectors


class Served:
    """The models of one service, asked for once, and again when another process answers in its place."""

    def __init__(self, api: Api | Fleet, model: str) -> None:
        self._api = api
        self._settled = model  #: the host's choice
        self.named = model  #: that, or ours once the service was asked
        self._listed: list[Json] = []
        self._place = ""  #: whose list it is

    def forget(self) -> None:
        """Asks the service anew: it may be another by now."""
        self._listed, self.named = [], self._settled

    async def _models(self) -> list[Json]:
        try:
            if (place := await self._api.place()) != self._place:
                self.forget()
                self._place = place
            if not self._listed:
                listed = (await self._api.get("/models")).get("data")
                self._listed = [model for model in listed if isinstance(model, dict)] if isinstance(listed, list) else []
        except (GeneratorDown, Declined):
            if not self.named:
                raise
            return []  # transformers has none to list where nothing was downloaded; the model's name is known
        return self._listed

    async def owner(self) -> str:
        """Who the service says it is."""
        return next((str(model.get("owned_by", "")).lower() for model in await self._models()), "")

    async def follows_orders(self, model: str, *, chinese: bool = False) -> bool:
        """Whether the model is asked by instruction rather than by example, in English or in Chinese."""
        size = (await self._told(model)).get("parameters")
        if isinstance(size, int):
            return size >= (OBEYS_IN_CHINESE if chinese else OBEYS)
        return not SMALL.search(model) and (await self.owner() != OWN or not ENGLISH_ONLY.search(model))

    async def taught(self, model: str) -> bool:
        """Whether the model had our lessons in answering topics."""
        told = (await self._told(model)).get("taught")
        return told if isinstance(told, bool) else TAUGHT.search(model) is not None

    async def untaught(self, model: str) -> str:
        """A model as it was before our lessons, under the name that it has there; the model itself where it had none."""
        listed = [one for one in await self._models() if one.get("parent") == model and one.get("taught") is False]
        return str(listed[0]["id"]) if listed else model

    async def reads_chinese(self, model: str) -> bool:
        """Whether ideas in Chinese can be asked of the model."""
        read = (await self._told(model)).get("reads")
        return "zh" in read if isinstance(read, list) else not ENGLISH_ONLY.search(model)

    async def model(self) -> str:
        """What is asked where an order names none: the first text model listed, unless the host chose."""
        models = await self._models()
        if not self.named:
            texts = [model for model in models if model.get("modality", TEXT) == TEXT]
            names = [str(model.get("id", "")) for model in texts]
            self.named = next((name for name in names if name and not EMBEDS.search(name)), "")
        return self.named

    async def embedder(self) -> str:
        """The listed model whose name says that it embeds, else the text model."""
        models = [model for model in await self._models() if model.get("modality", EMBEDDING) in (TEXT, EMBEDDING)]
        names = [str(model.get("id", "")) for model in models]
        return next((name for name in names if EMBEDS.search(name)), await self.model())

    async def _told(self, model: str) -> Json:
        """What the list says of a model."""
        return next((one for one in await self._models() if one.get("id") == model), {})
