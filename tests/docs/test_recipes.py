"""What the how-to pages print works as printed: the files, the lines to add, and the commands to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, named
from tests.docs.recipes import carried_out, copied, run

RECIPES = sorted((DOCS / "how-to").glob("add-a-*.md"))


@pytest.mark.timeout(900)  # several processes, each of which imports the chats' libraries anew
@pytest.mark.parametrize("page", RECIPES, ids=named)
def test_a_recipe_works_as_it_is_printed(page: Path, tmp_path: Path) -> None:
    tree = copied(tmp_path / "repository")

    lines = carried_out(page, tree)

    assert lines, "the page names no command that tells whether it worked"
    failed = [said for line in lines if (said := run(line, tree))]
    assert not failed, "\n".join(failed)
