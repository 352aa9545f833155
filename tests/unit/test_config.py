"""The configuration is read once, refuses nonsense in a sentence, and takes secrets from the environment only."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import Misconfigured
from bot.quotas import RoleQuota
from bot.reading import read


@pytest.fixture(autouse=True)
def an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_environment_wins_over_dotenv_and_dotenv_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("muselab.toml").write_text('[store]\nurl = "memory:"\n[defaults]\ncount = 3\n[ranker]\nname = "file"\n')
    Path(".env").write_text("MUSELAB_DEFAULTS__COUNT=4\nMUSELAB_RANKER__NAME=dotenv\n")
    monkeypatch.setenv("MUSELAB_RANKER__NAME", "environment")

    settings = read()

    assert (settings.store.url, settings.defaults.count, settings.ranker.name) == ("memory:", 4, "environment")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[discord]\ntoken = "x"\n', "holds a secret, “discord.token”.*MUSELAB_DISCORD__TOKEN"),
        ('[slak]\nbot = "x"\n', "unknown name “slak”"),
        ("[defaults]\nclunt = 3\n", "defaults.clunt"),
        ("[defaults]\ncount = 99\n", "defaults.count.*MUSELAB_DEFAULTS__COUNT"),
        ("not toml at all", "cannot be read"),
    ],
)
def test_a_wrong_file_is_refused_with_what_is_wrong(text: str, sentence: str) -> None:
    Path("muselab.toml").write_text(text)

    with pytest.raises(Misconfigured, match=sentence):
        read()


def test_a_wrong_environment_is_refused_with_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSELAB_LIMITS__AT_ONCE", "many")

    with pytest.raises(Misconfigured, match="MUSELAB_LIMITS__AT_ONCE"):
        read()


@pytest.mark.parametrize("written", ["8123,9456", "8123, 9456,"])
def test_several_servers_stand_in_the_environment_with_commas_between(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSELAB_DISCORD__SERVERS", written)

    assert read().discord.servers == ("8123", "9456")


def test_roles_have_their_quotas_in_the_file_and_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("muselab.toml").write_text("[limits.roles.8123]\nper_hour = 300\n[limits.roles.T0G9]\nper_day = 7\n")
    monkeypatch.setenv("MUSELAB_LIMITS__ROLES__9456__PER_DAY", "20")

    assert read().limits.roles == {
        "8123": RoleQuota(per_hour=300),
        "T0G9": RoleQuota(per_day=7),
        "9456": RoleQuota(per_day=20),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[limits.roles."@Makers"]\nper_hour = 3\n', "limits.roles.*“@Makers” is not the id of a role"),
        ("[limits.roles.8123]\nper_week = 3\n", "limits.roles.8123.per_week"),
        ("[limits.roles.8123]\nper_day = -3\n", "limits.roles.8123.per_day"),
    ],
)
def test_a_quota_that_would_hold_for_nobody_is_refused(text: str, sentence: str) -> None:
    Path("muselab.toml").write_text(text)

    with pytest.raises(Misconfigured, match=sentence):
        read()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUSELAB_DISCORD__TOKEN", "do-not-show")

    assert "do-not-show" not in repr(read())
