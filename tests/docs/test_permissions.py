"""The permissions that the guides list are those that the manifest asks for, and the optional ones are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.slack.manifest import OPTIONAL, SCOPES
from tests.docs.pages import DOCS, named, rows

SLACK = [DOCS / "how-to" / "connect-slack.md", DOCS / "zh-CN" / "connect-slack.md"]
SCOPE = re.compile(r"`([a-z_.]+(?::[a-z]+)+|commands)`")


@pytest.mark.parametrize("page", SLACK, ids=named)
def test_the_table_of_permissions_is_the_manifest_s(page: Path) -> None:
    cells = [row[0] for row in rows(page) if row and SCOPE.match(row[0])]
    optional = [cell for cell in cells if re.search("optional|可选", cell)]

    assert sorted(SCOPE.findall(" ".join(cells))) == sorted(SCOPES)
    assert sorted(SCOPE.findall(" ".join(optional))) == sorted(OPTIONAL)
