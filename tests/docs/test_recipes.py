"""What the how-to pages print works as printed: the files, the lines to add, and the commands to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import DOCS, named
from tests.docs.recipes import carried_out, copied, joined, run

RECIPES = sorted((DOCS / "how-to").glob("add-a-*.md"))
PLATFORM = DOCS / "how-to" / "add-a-platform.md"  # stands apart: its example need not do what the other examples add


@pytest.mark.timeout(900)  # several processes, each of which imports the chats' libraries anew
@pytest.mark.parametrize("pages", [[PLATFORM], [page for page in RECIPES if page != PLATFORM]], ids=["platform", "others"])
def test_recipes_work_beside_one_another(pages: list[Path], tmp_path: Path) -> None:
    tree = copied(tmp_path / "repository")

    lines = [line for page in pages for line in carried_out(page, tree)]

    failed = [said for line in joined(lines) if (said := run(line, tree))]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("page", RECIPES, ids=named)
def test_a_recipe_s_lines_and_hunks_fit_into_the_repository_by_themselves(page: Path, tmp_path: Path) -> None:
    lines = carried_out(page, copied(tmp_path / "repository"))

    assert lines, "the page names no command that tells whether it worked"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", RECIPES, ids=named)
def test_a_recipe_works_as_it_is_printed(page: Path, tmp_path: Path) -> None:
    tree = copied(tmp_path / "repository")

    failed = [said for line in carried_out(page, tree) if (said := run(line, tree))]

    assert not failed, "\n".join(failed)
