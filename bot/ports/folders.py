"""Where tuned models' adapters and image styles lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol

from bot.domain.ideas import Team


class Adapters(Protocol):
    """Keeps LoRA adapters on disk by the hash of what is in them. Only whole ones are ever seen."""

    def keep(self, folder: Path, manifest: Mapping[str, Any]) -> str:
        """Takes an adapter in and names it by its content; keeping the same one twice changes nothing.

        Args:
            folder: holds `adapter_config.json` and `adapter_model.safetensors`, as PEFT writes them.
            manifest: what the adapter came from; written last, so an adapter without it is none.

        Raises:
            BrokenWeights: the folder holds no adapter.
            OSError: the disk is full, or cannot be written.
        """
        ...

    def folder(self, name: str) -> Path:
        """Where a kept adapter lies, once its content has been checked against its name.

        Raises:
            BrokenWeights: there is none of that name, or it is damaged.
        """
        ...

    def manifest(self, name: str) -> Mapping[str, Any]:
        """What a kept adapter came from.

        Raises:
            BrokenWeights: as above.
        """
        ...

    def names(self) -> tuple[str, ...]:
        """All kept adapters, sorted."""
        ...

    def drop(self, names: Collection[str]) -> None:
        """Deletes these adapters, however young; one that is not there is no error."""
        ...

    def sweep(self, keep: Collection[str]) -> tuple[str, ...]:
        """Deletes the adapters that are not in `keep`, and what killed processes left; the names of those deleted.

        An adapter younger than an hour stays, as its version may not be stored yet.
        """
        ...


class Styles(Protocol):
    """Keeps one image style a team: the weights of an image LoRA, and a note of what it was learnt from."""

    def keep(self, team: Team, weights: Path, note: Mapping[str, Any]) -> None:
        """Takes a style in; the team's former one goes.

        Args:
            team: whose.
            weights: a safetensors file, which is moved.
            note: `base`, the model it fits; `pictures`, ids of the works it was learnt from; and what else is worth knowing.
        """
        ...

    def note(self, team: Team) -> Mapping[str, Any] | None:
        """The note of the team's style; None when it has none."""
        ...

    def name(self, team: Team) -> str:
        """Name of the file of weights in the folder of styles."""
        ...

    def drop(self, team: Team) -> None:
        """Deletes the team's style, if it has one."""
        ...
