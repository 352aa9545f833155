"""What /help prints can be typed as it stands, and has room on a small screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

import pytest

from adapters.terminal._render import render, styled
from bot import commands, plugins, signals, typed
from bot.arguments import usage
from bot.messages import Call, Param, Press
from bot.services import explaining
from bot.services.usage import chosen, is_option, long
from bot.words import _, speaking
from tests.builders import NOON, RED, a_person

SOURCE = typed.Source(id="1", person=a_person(), channel=RED, at=NOON)
COMMANDS = plugins.names(commands)
SIGNALS = tuple(name for name in plugins.names(signals) if name not in COMMANDS)
ROWS = 22  # of 24: the prompt has one, and the line about the model
SAMPLES = {"integer": "2", "idea": "3", "about": "a fox in the snow", "text": "words", "file": "a.png"}
LANGUAGES = ("en", "zh-CN")


def params(name: str) -> tuple[Param, ...]:
    return tuple(plugins.load(commands, name).PARAMS)


def sample(param: Param) -> str:
    """Something that can be typed for it."""
    return param.choices[0][0] if param.kind == "choice" else SAMPLES[param.kind]


def lines_of(name: str) -> Iterator[tuple[str, Param | None, str]]:
    """Lines that a command's usage says can be typed, each with the choice in it and its value."""
    required = [sample(param) for param in params(name) if param.required]
    free = [sample(param) for param in params(name) if param.required and param.kind != "choice"]
    first = free or [sample(param) for param in params(name)[:1] if param.rest or param.kind == "idea"]
    yield " ".join(["/" + name, *required]), None, ""
    for param in params(name):
        for value, _label in param.choices if param.kind == "choice" else ():
            word = [long(param), value] if is_option(param) else [value]
            yield " ".join(["/" + name, *first, *word]), param, value


@pytest.mark.parametrize("name", COMMANDS)
def test_every_choice_in_a_usage_line_is_taken_where_the_line_shows_it(name: str) -> None:
    for line, param, value in lines_of(name):
        call = typed.parse(line, SOURCE)

        assert isinstance(call, Call)
        assert call.command == name
        if param is not None:
            assert call.args[param.name] == value, line
            assert value not in str(call.args.get(params(name)[0].name, "")).split() or param is params(name)[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_of_a_command_is_that_command(name: str, language: str) -> None:
    module = plugins.load(commands, name)
    with speaking(language):
        for line in map(_, module.EXAMPLES):
            call = typed.parse(line, SOURCE)

            assert isinstance(call, Call)
            assert call.command == name
            last = line.split()[-1]
            named = [param for param in params(name) if param.kind == "choice" and chosen(param, last)]
            assert all(call.args[param.name] == chosen(param, last) for param in named[:1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SIGNALS)
def test_every_way_of_giving_feedback_has_a_usage_and_an_example_that_work(name: str, language: str) -> None:
    module = plugins.load(signals, name)
    with speaking(language):
        text = explaining.signal(name, module).text
        examples = [_(line) for line in module.EXAMPLES]
        assert f"/{name} " in text
        assert all(example in text for example in examples)
        tokens = re.split(r"\|", usage(name).rpartition(" ")[2])
        for line in chain(examples, (f"/{name} 3 {token}" for token in tokens if token != "…")):
            press = typed.parse(line, SOURCE)

            assert isinstance(press, Press)
            assert press.key.verb == name
            assert press.values or module.value(press.key.token) is not None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_room_on_a_small_screen(name: str, language: str) -> None:
    with speaking(language):
        card = explaining.command(name, plugins.load(commands, name))

        assert len(styled(render(card), width=80, colours=False).splitlines()) <= ROWS


def test_values_have_a_line_each_with_an_example() -> None:
    lines = explaining.command("imagine", plugins.load(commands, "imagine")).text.splitlines()

    (layout,) = [line for line in lines if line.startswith("layout")]
    (style,) = [line for line in lines if line.startswith("--style")]
    assert layout.endswith("poster, moodboard, logo (/imagine 44 moodboard)")
    assert "watercolour" in style
    assert style.endswith("(/imagine a fox in the snow --style linocut)")


def test_a_word_at_the_end_that_is_a_choice_is_taken_as_one() -> None:
    lines = {
        "/imagine 44 moodboard": {"what": "44", "layout": "moodboard"},
        "/poem autumn rain haiku": {"topic": "autumn rain", "form": "haiku"},
        "/story a lighthouse keeper plot": {"topic": "a lighthouse keeper", "what": "plot"},
        "/say 3 mp3": {"what": "3", "format": "mp3"},
        "/compose a rainy day mp3": {"what": "a rainy day", "format": "mp3"},
        "/story a good plot in the garden": {"topic": "a good plot in the garden"},
    }

    for line, expected in lines.items():
        call = typed.parse(line, SOURCE)
        assert isinstance(call, Call)
        assert dict(call.args) == expected


def test_how_to_vote_is_said_in_chinese_words_that_can_be_typed() -> None:
    with speaking("zh-CN"):
        said = explaining.signal("vote", plugins.load(signals, "vote")).text
        usage = explaining.command("imagine", plugins.load(commands, "imagine")).text

    assert "/vote 点子 赞|踩|撤回" in said
    assert "/vote 3 赞" in said
    assert "/imagine 44 情绪板" in usage
    assert "moodboard" not in usage
