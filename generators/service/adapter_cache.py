"""The adapters that clients may name: read from their folders, kept while there is room, read again when they are wanted."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from generators.service.events import BadRequest

if TYPE_CHECKING:
    from generators.engines.text.lora import Adapter

MOST_NAMES = 10_000  # names are never reused, so they are remembered; a line of text each
NAME_LONG = 200  # characters
#: One sentence, whatever is or is not there: a client learns nothing of this machine's other folders.
NOWHERE = (
    "There is no such folder of an adapter, one with adapter_model.safetensors in it, within the folder that adapters are served "
    "from (MUSELAB_SERVICE__ADAPTERS)."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What a name stands for, for as long as the service runs."""

    path: str
    digest: str  #: of the weights when they were first read


class AdapterCache:
    """Adapters by name, the least recently used dropped first. Safe to use from several threads.

    A name means one content for ever: what is dropped and read again must be what it was, and a name that was unloaded cannot
    come back as something else.
    """

    def __init__(
        self,
        reading: Callable[[Path, str], Adapter],
        *,
        root: Path | None,
        reserved: tuple[str, ...],
        most_bytes: float,
        own: Mapping[str, Callable[[], Adapter]] | None = None,
    ) -> None:
        """Holds nothing yet.

        Args:
            reading: reads an adapter from a folder, under a name.
            root: the folder under which all adapters are that clients may load; None: there are none.
            reserved: names of the models themselves.
            most_bytes: that adapters may take together; the one in use last always stays.
            own: how those are made that are always in service, by name.
        """
        self.most_bytes = most_bytes
        self._reading = reading
        self._root = root
        self._own = own or {}
        self._reserved = (*reserved, *self._own)
        self._known: dict[str, Known] = {}
        self._served: dict[str, None] = {}  #: names in service, in the order they came
        self._held: OrderedDict[str, Adapter] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.reads = 0

    @property
    def names(self) -> dict[str, str]:
        """Names in service, with their folders."""
        with self._lock:
            return {name: self._known[name].path for name in self._served}

    @property
    def size(self) -> int:
        """Bytes held."""
        with self._lock:
            return sum(adapter.size for adapter in self._held.values())

    def load(self, name: str, path: str) -> None:
        """Takes an adapter into service. It reads files: not for the event loop.

        Raises:
            BadRequest: the name is taken, the folder is not under the root, or it holds no adapter for this model.
        """
        with self._lock:
            if not name or len(name) > NAME_LONG or not name.isprintable():
                raise BadRequest(f"lora_name must be 1..{NAME_LONG} printable characters.", param="lora_name")
            if name in self._reserved:
                raise BadRequest(f"The name “{name}” is a model's own. Choose another name.", param="lora_name")
            path = str(self._found(path))
            if (known := self._known.get(name)) is not None and known.path != path:
                raise BadRequest(
                    f"The name “{name}” belongs to another adapter; names are never reused. Choose a new name.", param="lora_name"
                )
            if name in self._served:
                raise BadRequest(f"The lora adapter '{name}' has already been loaded.", param="lora_name")  # vLLM's words
            if len(self._known) >= MOST_NAMES:
                raise BadRequest(f"{MOST_NAMES} names were given already; start the service anew.", param="lora_name")
            adapter = self._read(name, path, known)
            self._known[name] = Known(path, adapter.digest)
            self._served[name] = None
            self._keep(adapter)

    def unload(self, name: str) -> None:
        """Takes an adapter out of service; requests under way keep it to their end.

        Raises:
            BadRequest: it is not in service.
        """
        with self._lock:
            if name not in self._served:
                raise BadRequest(f"The lora adapter '{name}' cannot be found.", param="lora_name", code="model_not_found")
            del self._served[name]
            self._held.pop(name, None)

    def serves(self, name: str) -> bool:
        """Whether a name is in service."""
        return name in self._served

    def get(self, name: str) -> Adapter:
        """An adapter in service. It may read files: not for the event loop.

        What cannot be read again is out of service until it is loaded again.

        Raises:
            BadRequest: there is none of that name, or it is no longer what it was; never another one instead.
        """
        with self._lock:
            if name not in self._served and name not in self._own:
                raise BadRequest(f"The model “{name}” does not exist here.", param="model", code="model_not_found")
            if (held := self._held.get(name)) is not None:
                self.hits += 1
                self._held.move_to_end(name)
                return held
            adapter = self._made(name) if name in self._own else self._read_again(name)
            self._keep(adapter)
            return adapter

    def _made(self, name: str) -> Adapter:
        """One of the service's own."""
        from generators.engines.text.lora import BadAdapter

        try:
            self.reads += 1
            return self._own[name]()
        except BadAdapter as error:
            raise BadRequest(str(error), param="model", code="model_not_found") from error

    def _read_again(self, name: str) -> Adapter:
        """One that was dropped for others."""
        known = self._known[name]
        try:
            return self._read(name, known.path, known)
        except BadRequest as error:
            del self._served[name]
            log.warning("an adapter is out of service", extra={"adapter": name, "why": str(error)})
            raise BadRequest(str(error), param="model", code="model_not_found") from error

    def _found(self, path: str) -> Path:
        """The folder that a path names, links followed."""
        from generators.engines.text.lora import WEIGHTS

        try:
            if self._root is not None:
                folder = (self._root / path).resolve()
                if folder.is_relative_to(self._root.resolve()) and (folder / WEIGHTS).is_file():
                    return folder
        except (OSError, ValueError, RuntimeError) as why:  # too long, a zero byte, not to be looked into, a ring of links
            log.debug("a path names no adapter", exc_info=why)
        raise BadRequest(NOWHERE, param="lora_path", code="adapter_not_found")

    def _read(self, name: str, path: str, known: Known | None) -> Adapter:
        from generators.engines.text.lora import BadAdapter

        try:
            adapter = self._reading(Path(path), name)
        except BadAdapter as error:
            raise BadRequest(str(error), param="lora_path") from error
        if known is not None and adapter.digest != known.digest:
            raise BadRequest(
                f"The adapter “{name}” was changed on disk after it was loaded; load it under a new name.", param="lora_path"
            )
        self.reads += 1
        return adapter

    def _keep(self, adapter: Adapter) -> None:
        self._held[adapter.name] = adapter
        while len(self._held) > 1 and sum(one.size for one in self._held.values()) > self.most_bytes:
            self._held.popitem(last=False)
