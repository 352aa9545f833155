"""The local platforms that benchmarks know, by name."""

from __future__ import annotations

from tests.bench.makers import makers
from tests.bench.workspaces import workspaces

TOWNS = {"discord": makers, "slack": workspaces}
