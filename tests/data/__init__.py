"""The platforms' own specifications, as files. README.md beside this file says whose they are."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def document(name: str) -> Any:
    """The JSON document of this name, such as `discord-openapi.json`; read anew at every call."""
    return json.loads(gzip.decompress((FOLDER / f"{name}.gz").read_bytes()))
