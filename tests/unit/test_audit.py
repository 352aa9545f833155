"""The audit finds what it is there to find, and says what it could not look at."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests import audit


def a_tool(folder: Path, says: object, status: int = 0) -> Path:
    """A program in pip-audit's place."""
    tool = folder / "tool"
    text = says if isinstance(says, str) else json.dumps(says)
    tool.write_text(f"#!{sys.executable}\nprint({text!r})\nraise SystemExit({status})\n")
    tool.chmod(0o755)
    return tool


def test_a_vulnerable_package_is_told(tmp_path: Path) -> None:
    says = {
        "dependencies": [
            {"name": "old", "version": "1", "vulns": [{"id": "CVE-1"}]},
            {"name": "good", "version": "2", "vulns": []},
        ]
    }

    found = audit.vulnerabilities(a_tool(tmp_path, says, 1))

    assert found.wrong
    assert "old 1: CVE-1" in found.say


@pytest.mark.parametrize("says", ["no JSON", {"dependencies": [{"name": "a", "skip_reason": "not found"}]}, {}])
def test_without_a_feed_it_says_so(tmp_path: Path, says: object) -> None:
    found = audit.vulnerabilities(a_tool(tmp_path, says))

    assert found.wrong is None
    assert found.say.startswith("skipped: ")


def test_without_the_tools_it_says_so(tmp_path: Path) -> None:
    assert audit.vulnerabilities(tmp_path / "nothing").wrong is None
    assert audit.bill(tmp_path / "nothing").wrong is None


@pytest.mark.parametrize("said", ["GPL-3.0-or-later", "GNU Affero General Public License v3", "AGPL-3.0", "", "Proprietary"])
def test_what_may_not_be_linked_is_told(said: str) -> None:
    found = audit.licences({"fine": "MIT", "other": said})

    assert found.wrong
    assert "other" in found.say


@pytest.mark.parametrize(
    "said", ["MIT", "Apache-2.0 OR BSD-3-Clause", "Mozilla Public License 2.0 (MPL 2.0)", "BSD License", "PSF-2.0"]
)
def test_what_may_be_linked_passes(said: str) -> None:
    assert audit.licences({"fine": said}).wrong is False


def test_everything_that_hosts_install_is_looked_at() -> None:
    found = audit.installed()

    assert {"sqlalchemy", "aiohttp", "discord-py", "asyncpg", "typing-extensions"} <= found.keys()
    assert not {"pytest", "hypothesis", "muselab"} & found.keys()
    assert audit.licences(found) == audit.Found("licences", f"{len(found)} packages that hosts install, all permissive", False)


SECRETS = {
    "a Slack token": "xoxb-" + "1234567890-" + "abcdefghijklm",
    "a Slack app's token": "xapp-" + "1-A012345678-" + "1234567890-" + 2 * "0123456789abcdef",
    "a Discord token": "M" + 24 * "a" + "." + 6 * "b" + "." + 27 * "c",
    "a GitHub token": "ghp_" + 36 * "a",
    "an AWS key": "AKIA" + 16 * "A",
    "an API key": "sk-" + "proj-" + 32 * "a",
    "a private key": "-----BEGIN " + "PRIVATE KEY-----",
}


@pytest.mark.parametrize("what", audit.SECRETS)
def test_a_secret_is_found_wherever_a_word_begins(what: str) -> None:
    secret = SECRETS[what]

    assert audit.secrets([("a.py", f"token = '{secret}'".encode())]).say == f"1 files; {what} in a.py"
    assert audit.secrets([("a.bin", f"\0茶{secret}".encode())]).wrong
    assert audit.secrets([("a.py", f"within{secret}".encode())]).wrong is (what == "a private key")


def test_a_name_for_a_secret_is_none() -> None:
    assert audit.secrets([("c.py", "token = 'xoxb-…'; key = 'secret'; xoxb = 1".encode())]).wrong is False


def test_no_secret_stands_in_the_repository() -> None:
    assert audit.secrets(audit.tracked()).say.endswith("none")
