"""A setting that names several: with commas between them anywhere; in `muselab.toml` it may be a list."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator


def _joined(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) else value


Listed = Annotated[str, BeforeValidator(_joined)]
