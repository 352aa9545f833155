"""Every command and every signal has its door, and what comes through it is sound."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

import adapters
import learning.rankers
import learning.tuners
from bot import commands, plugins, signals
from bot.domain.errors import InvalidFeedback, Misconfigured
from bot.domain.feedback import Tally
from bot.messages import MAX_KEY, Control
from bot.services import doors
from tests.builders import a_brainstorm, an_idea

COMMANDS = plugins.names(commands)
SIGNALS = plugins.names(signals)


def test_commands_and_signals_share_a_name_only_where_both_mean_the_same() -> None:
    assert set(COMMANDS) & set(SIGNALS) == {"pick"}


PACKAGES = [commands, signals, adapters, learning.rankers, learning.tuners]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_an_unknown_plugin_is_refused_with_those_that_exist(package: ModuleType) -> None:
    with pytest.raises(Misconfigured, match=plugins.names(package)[0]):
        plugins.load(package, "no_such_thing")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_its_door(name: str) -> None:
    module = plugins.load(commands, name)

    assert module.HELP
    assert len(module.HELP) <= 100  # Discord allows no longer description
    assert callable(module.run)
    names = [param.name for param in module.PARAMS]
    assert len(set(names)) == len(names)
    for param in module.PARAMS:
        assert len(param.help) <= 100
        assert param.name.isidentifier()
        assert param.name.islower()
    required = [param.required for param in module.PARAMS]
    assert required == sorted(required, reverse=True)  # platforms want required options first
    assert sum(param.rest for param in module.PARAMS) <= 1


def controls_of(name: str) -> list[Control]:
    command = doors.command(plugins.load(commands, name))
    return [*doors.on_idea(command, an_idea()), *doors.on_brainstorm(command, a_brainstorm())]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_controls_are_its_own_and_can_be_pressed(name: str) -> None:
    command = doors.command(plugins.load(commands, name))
    for control in controls_of(name):
        assert control.key.verb == name
        assert len(str(control.key)) <= MAX_KEY
        assert control.label or control.emoji
        assert hasattr(command, "from_press")
        forms = hasattr(command, "form") or hasattr(command, "form_here")
        assert control.asks == (forms and doors.opens(command) is None)  # whole forms are opened by name


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_has_its_door(name: str) -> None:
    signal = doors.signal(plugins.load(signals, name))

    assert signal.HELP
    assert signal.TOKENS
    for token in signal.TOKENS:
        assert -1 <= signal.value(token) <= 1
        assert "idea text" in signal.said(token, "idea text") or token == "none"
    for token in signal.EMOJI.values():
        assert signal.value(token) != 0


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_refuses_what_says_nothing(name: str) -> None:
    with pytest.raises(InvalidFeedback):
        doors.signal(plugins.load(signals, name)).value("perhaps")


@pytest.mark.parametrize("name", SIGNALS)
@pytest.mark.parametrize("tally", [None, Tally(), Tally(ups=3, downs=1, stars=4.5, raters=2, picked=True)])
def test_a_signal_s_controls_fit_every_platform(name: str, tally: Tally | None) -> None:
    signal = doors.signal(plugins.load(signals, name))
    for control in signal.controls(an_idea(), tally):
        assert control.key.verb == name
        assert len(str(control.key)) <= MAX_KEY
        assert len(control.label) <= 75  # Slack's buttons hold no more
        assert control.label or control.emoji
        if not control.asks:
            assert -1 <= signal.value(control.key.token) <= 1


def test_no_emoji_means_two_things() -> None:
    meanings = [emoji for name in SIGNALS for emoji in plugins.load(signals, name).EMOJI]

    assert [emoji for emoji in meanings if meanings.count(emoji) > 1] == []


def test_the_core_needs_no_torch_no_sql_and_no_chat_library() -> None:
    """In a process of its own: this one has imported everything already."""
    import subprocess

    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'sqlalchemy', 'discord', 'slack_bolt'): sys.modules[name] = None\n"
        "import bot, bot.desk, bot.typed, bot.limits\n"
        "from bot import commands, plugins, signals\n"
        "for package in (commands, signals):\n"
        "    for name in plugins.names(package): plugins.load(package, name)\n"
        "import generators.client.remote, generators.client.child, generators.client.scripted, storage.memory\n"
        "import learning.rankers.bayes, learning.pairs\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
