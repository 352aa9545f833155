"""A better model is offered once, under the first ideas, where nobody has chosen one."""

from __future__ import annotations

from pathlib import Path

from adapters.terminal._offering import by_model, offer
from bot import choice
from bot.config import GeneratorTable, ServiceTable, Settings
from tests.builders import a_call


def test_a_better_model_is_offered_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")

    said = [offer(settings)() for _session in range(3)]

    assert "muselab model" in said[0]
    assert said[1:] == ["", ""]


def test_who_has_chosen_a_model_or_a_service_is_offered_none(tmp_path: Path) -> None:
    choice.choose(tmp_path, "org/model")

    assert offer(Settings(home=tmp_path))() == ""
    assert offer(Settings(home=tmp_path / "a", service=ServiceTable(model="org/model")))() == ""
    assert offer(Settings(home=tmp_path / "b", generator=GeneratorTable(url="http://gpu:8000/v1")))() == ""


def test_where_it_cannot_be_kept_that_it_was_said_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    assert offer(Settings(home=tmp_path / "home"))() == ""


def test_nothing_is_offered_under_what_the_included_model_did_not_write() -> None:
    assert by_model(a_call("brainstorm", topic="names for a tea bar"))
    assert not by_model(a_call("poem", topic="秋雨", form="jueju"))
    assert not by_model(a_call("idea", text="The Tea Room"))
