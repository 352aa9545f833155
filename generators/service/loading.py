"""Loads the models beside the running service, and turns requests into jobs for them."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.config import ServiceTable
from bot.domain.errors import Misconfigured
from bot.words import _
from generators.service import taught_weights, weights
from generators.service.adapter_cache import AdapterCache
from generators.service.aliases import meant
from generators.service.budget import Budget
from generators.service.constraints import grammar
from generators.service.ending import Ending
from generators.service.events import BadRequest, Job
from generators.service.fitting import most_threads, text_model, vector_model
from generators.service.placement import missing, pick_device
from generators.service.pruning import Pruning
from generators.service.worker import MOST_ROWS

if TYPE_CHECKING:  # a bot's child loads its models beside the import of these
    from generators.engines.text.language_model import LanguageModel
    from generators.engines.text.lora import Adapter
    from generators.engines.text.sampling import Decoding
    from generators.engines.text.vectors import Encoder
    from generators.service.wire.chats import ChatRequest
    from generators.service.wire.requests import CompletionRequest, EmbeddingRequest, Sampled

NO_MODEL = "none"  # as the text model: a service that only makes media
KERNELS = 64  # that oneDNN keeps, one for each shape of a product; its 1 024 take 100 MB once many shapes were seen

log = logging.getLogger(__name__)


class Models:
    """The loaded models, and how requests become work for them."""

    def __init__(
        self, text: LanguageModel, vectors: Encoder | None, *, budget: Budget | None = None, adapters: Path | None = None
    ) -> None:
        """Both models, and how much memory their work may take.

        Args:
            text: the text model.
            vectors: the embedder, if there is one.
            budget: worked out from the device when left out.
            adapters: the folder under which those are that clients may load; None: there are none.
        """
        self.text = text
        self.vectors = vectors
        self.loaded_at = int(time.time())
        self.budget = budget or Budget.of(text)
        reserved = (text.name, vectors.name) if vectors else (text.name,)
        self.untaught = weights.TEXT_NAME if text.name.startswith(weights.TAUGHT_NAME) else ""  #: what it was before its lessons
        own = {self.untaught: partial(_untaught, text)} if self.untaught else {}
        self.adapter_cache = AdapterCache(
            text.adapter, root=adapters, reserved=reserved, most_bytes=self.budget.adapters, own=own
        )

    @property
    def names(self) -> tuple[str, str | None]:
        """What the text model and the embedder are called."""
        return self.text.name, self.vectors.name if self.vectors else None

    def called(self, named: str) -> str:
        """What a request's `model` is called in its answer: who it was in truth."""
        return self.text.name if not named or meant(named) == "text" else named

    def listed(self) -> list[dict[str, Any]]:
        """What GET /v1/models tells of them: the models, and the text model's adapters with their folders."""
        from generators.service.wire.answers import model

        text, vectors = self.names
        made = partial(model, made="text", created=self.loaded_at)
        own = [made(text) | self.text.told | {"taught": bool(self.untaught)}]
        if self.untaught:
            own.append(made(self.untaught, parent=text) | self.text.told | {"taught": False})
        if vectors:
            own.append(model(vectors, made="embedding", created=self.loaded_at))
        adapters = self.adapter_cache.names.items()
        return [*own, *(made(name, root=root, parent=text) for name, root in adapters)]

    def adapter(self, named: str) -> Adapter | None:
        """What a request's `model` means: None the model itself. It may read files: not for the event loop.

        Raises:
            BadRequest: there is no such model or adapter.
        """
        return None if named in ("", self.text.name) or meant(named) == "text" else self.adapter_cache.get(named)

    def completion(self, request: CompletionRequest, adapter: Adapter | None = None) -> list[Job]:
        """One job per prompt, or one for all where they are only scored."""
        from generators.service.jobs import Completion, Scoring

        prompts = request.prompts
        texts = tuple(prompt for prompt in prompts if isinstance(prompt, str))
        if request.max_tokens == 0 and request.n == 1 and len(texts) == len(prompts) and request.logprobs is not None:
            return [Scoring(model=self.text, prompts=texts, adapter=adapter)]
        if request.n * len(prompts) > MOST_ROWS:
            raise BadRequest(f"n × prompts is {request.n * len(prompts)}; at most {MOST_ROWS} choices are made.", param="n")
        seed = _seed(request)
        return [
            Completion(
                model=self.text,
                prompt=prompt,
                n=request.n,
                seed=seed,
                max_tokens=request.max_tokens,
                **self._sampling(request),
                logprobs=request.logprobs,
                echo=request.echo,
                first=index * request.n,
                adapter=adapter,
                together=self._together(request.n, request.max_tokens),
            )
            for index, prompt in enumerate(prompts)
        ]

    def chat(self, request: ChatRequest, adapter: Adapter | None = None) -> list[Job]:
        """The job of a chat."""
        from generators.service.jobs import Completion

        return [
            Completion(
                model=self.text,
                prompt=request.plain,
                n=request.n,
                seed=_seed(request),
                max_tokens=request.most_tokens,
                **self._sampling(request),
                logprobs=request.top_logprobs if request.logprobs else None,
                continued=request.continue_final_message,
                adapter=adapter,
                together=self._together(request.n, request.most_tokens),
            )
        ]

    def embedding(self, request: EmbeddingRequest) -> list[Job]:
        """The job of an embedding."""
        from generators.service.jobs import Embedding

        if self.vectors is None:
            raise BadRequest("This service has no embedding model.", code="model_not_found")
        foreign = meant(request.model) == "embedding"
        if request.model not in ("", *self.names, self.vectors.name.partition("+")[0]) and not foreign:
            raise unknown(request.model)
        if foreign and not all(isinstance(one, str) for one in request.inputs):
            raise BadRequest(
                f"input: these are tokens of “{request.model}”, which stands for “{self.vectors.name}” here. Send text.",
                param="input",
            )
        return [Embedding(model=self.vectors, texts=request.inputs)]

    def _together(self, n: int, tokens: int | None) -> int:
        """How many choices of a request are made at a time: half of the memory is for others."""
        each = self.text.row_bytes(min(tokens or self.text.tokens.most, self.text.tokens.most))
        return max(1, min(n, int(self.budget.keys / 2 / max(1, each))))

    def _sampling(self, request: Sampled) -> dict[str, Any]:
        """What a request says of each of its prompts alike."""
        form = {"decoding": self._decoding(request), "grammar": grammar(request)}
        whole = request.stream_options is not None and request.stream_options.whole_choices
        return form | {"stop": request.stops, "pruning": Pruning.of(request.prune, request.n), "whole": whole}

    def _decoding(self, request: Sampled) -> Decoding:
        from generators.engines.text.sampling import Decoding

        size = self.text.vocabulary
        if any(not 0 <= token < size for token in request.logit_bias):
            raise BadRequest(f"A token id is outside 0..{size - 1}.", param="logit_bias")
        return Decoding(
            temperature=request.temperature,
            top_p=request.top_p,
            min_p=request.min_p,
            presence_penalty=request.presence_penalty,
            frequency_penalty=request.frequency_penalty,
            repetition_penalty=request.repetition_penalty,
            logit_bias=request.logit_bias,
        )


def _untaught(text: LanguageModel) -> Adapter:
    """The taught model as it was before."""
    file = taught_weights.FILE
    return text.without(taught_weights.added(file), weights.TEXT_NAME, taught_weights.mark(file))


class Loading:
    """How far the loading is; afterwards, the models."""

    def __init__(self) -> None:
        self.status: Literal["loading", "ready", "failed"] = "loading"
        self.doing = _("starting")
        self.done = 0.0
        self.models: Models | None = None
        self.error: Exception | None = None
        self._thread: threading.Thread | None = None
        self.end = Ending()  #: of the loading, whether it went well or not

    def look(self, settings: ServiceTable) -> None:
        """Raises `Misconfigured` at once for models that cannot be found on this machine; loads nothing."""
        if self._thread is None and settings.model != NO_MODEL:
            weights.look(settings.model, settings.embedder)

    def begin(self, settings: ServiceTable, cache: Path) -> None:
        """Loads in a thread of its own; nothing where that goes on already. Raises as `look`."""
        if self._thread is not None:
            return
        self.look(settings)
        if settings.model == NO_MODEL:
            self.nothing()
            return

        def work() -> None:
            try:
                self.models = load(settings, cache, self.report)
                self.status, self.doing, self.done = "ready", _("ready"), 1.0
            except Exception as error:  # noqa: BLE001 - carried to the main thread, which raises it
                self.error = missing(error) if isinstance(error, ModuleNotFoundError) else error
                self.status, self.doing = "failed", str(self.error)
            self.end.come()

        self._thread = threading.Thread(target=work, name="loading", daemon=True)
        self._thread.start()

    def nothing(self) -> None:
        """There is no text model to load: this service makes media only."""
        self.status, self.doing, self.done = "ready", _("ready"), 1.0

    def report(self, doing: str, done: float) -> None:
        """Says what is being done, and the share of all the loading that is done."""
        self.doing, self.done = doing, done


def load(settings: ServiceTable, cache: Path, report: Callable[[str, float], None]) -> Models:
    """Both models, ready to work.

    Raises:
        Misconfigured: they cannot be loaded, and why.
    """
    if settings.model == weights.EMBEDDED and settings.embedder in (weights.EMBEDDED, "none"):
        os.environ["HF_HUB_OFFLINE"] = "1"  # everything is in packages; without this the hub is asked for newer files
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KERNELS))
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    _few_threads(settings.threads or most_threads())
    device = pick_device(settings.device)
    text = text_model(settings, device, cache, report)
    name = text.name
    if settings.weights == "int8" and not text.fast:
        raise Misconfigured(
            _("The model “{name}” cannot run with int8 weights. Set MUSELAB_SERVICE__WEIGHTS to “auto”.").format(name=name)
        )
    text.release()
    text.choose_threads(settled=settings.threads)
    log.info(
        "text model loaded", extra={"model": name, "shares": text.shares, "fast": text.fast, "engine": text.engine, **text.form}
    )
    budget = Budget.of(text, keys_mb=settings.kv_mb)
    text.reserve(budget.keys)
    adapters = Path(settings.adapters).expanduser() if settings.adapters else None
    if settings.embedder == "none":
        return Models(text, None, budget=budget, adapters=adapters)
    where, name = weights.vector_weights(settings.embedder)
    report(_("loading {model}").format(model=name), 0.9)
    vectors = weights.with_scripts(vector_model(where, name, device, settings, report), settings.embedder)
    return Models(text, vectors, budget=budget, adapters=adapters)


def _few_threads(most: int) -> None:
    """Lets numpy's products have no more threads than the model's: by themselves they take every core."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=most, user_api="blas")


def unknown(model: str) -> BadRequest:
    """The answer to a model that is not served here."""
    return BadRequest(f"The model “{model}” does not exist here.", param="model", code="model_not_found")


def _seed(request: Sampled) -> int:
    return request.seed if request.seed is not None else secrets.randbits(63)
