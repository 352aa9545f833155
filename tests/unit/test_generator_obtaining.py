"""`muselab model`: models from a hub, from packages, from folders and files, and the choice among them."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants
import pytest
from typer.testing import CliRunner

from bot import choice
from bot.__main__ import app
from bot.domain.errors import Misconfigured, Outage
from generators.service import catalogue, fetching, packaged
from generators.service.obtaining import obtain
from tests.fakes import hub as hubs

NAME = "maker/model-1B"
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "tokenizer.json": b'{"version": "1.0"}' + b" " * 3000,
    "tokenizer_config.json": b"{}",
    "model.safetensors": bytes(range(256)) * 400,
    "README.md": b"# A model",
    "original/consolidated.00.pth": b"never wanted" * 1000,
    "model.onnx": b"never wanted either",
}
RUN = CliRunner()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[hubs.Hub]:
    with hubs.running() as running:
        running.repositories[NAME] = dict(FILES)
        running.licences[NAME] = "apache-2.0"
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)  # another test may have had it imported offline
        yield running


def silent(_doing: str, _done: float) -> None:
    return None


def test_a_model_of_the_hub_is_fetched_whole_with_its_licence(hub: hubs.Hub, tmp_path: Path) -> None:
    told: list[float] = []

    obtained = obtain(NAME, tmp_path, lambda _doing, done: told.append(done))

    folder = Path(obtained.model)
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name in FILES} == {
        name: content for name, content in FILES.items() if name in ("config.json", "model.safetensors") or "tokenizer" in name
    }
    assert (obtained.name, obtained.licence) == ("model-1B", "apache-2.0")
    assert json.loads((folder / "revision.json").read_text())["revision"] == hubs.COMMIT
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert [one.name for one in tmp_path.iterdir()] == [folder.name]


def test_a_model_that_is_here_is_not_asked_for_again(hub: hubs.Hub, tmp_path: Path) -> None:
    first = obtain(NAME, tmp_path, silent)
    hub.repositories.clear()

    assert obtain(NAME, tmp_path, silent) == first


def test_what_was_cut_off_goes_on_where_it_stopped(hub: hubs.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 10_000)  # the library keeps whole ones of 10 MB
    listed = fetching.listing(NAME)
    hub.cut_after["model.safetensors"] = 60_000
    work = tmp_path / "work"

    fetching.fetch(listed, work, silent)  # the library tries again by itself

    assert (work / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    ranges = [wanted for file, wanted in hub.asked if file == "model.safetensors"]
    assert ranges[0] in ("", "bytes=0-")
    assert ranges[-1].startswith("bytes=60000-")


def test_files_that_came_before_are_not_fetched_again(hub: hubs.Hub, tmp_path: Path) -> None:
    listed = fetching.listing(NAME)
    work = tmp_path / "work"
    work.mkdir()
    (work / "model.safetensors").write_bytes(FILES["model.safetensors"])

    fetching.fetch(listed, work, silent)

    assert "model.safetensors" not in [file for file, _wanted in hub.asked]
    assert (work / "config.json").exists()


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_file_that_is_not_what_the_hub_says_is_refused(hub: hubs.Hub, tmp_path: Path, file: str) -> None:
    hub.damaged.add(file)

    with pytest.raises(Misconfigured, match=f"{file} of {NAME} came in damaged"):
        obtain(NAME, tmp_path, silent)

    assert not list(tmp_path.rglob(file))


def test_a_model_that_does_not_fit_the_disk_is_not_begun(hub: hubs.Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(10**9, 10**9, 10**8))

    with pytest.raises(Misconfigured, match=r"1\.1 GB are needed .* and 0\.1 GB are free"):
        obtain(NAME, tmp_path, silent)

    assert hub.asked == []


def test_what_the_hub_does_not_have_or_give_is_told_in_a_sentence(hub: hubs.Hub, tmp_path: Path) -> None:
    hub.repositories["maker/gated"] = dict(FILES)
    hub.gated.add("maker/gated")
    hub.repositories["maker/gguf"] = {"model.gguf": b"x"}

    with pytest.raises(Misconfigured, match="There is no model maker/other on the hub"):
        obtain("maker/other", tmp_path, silent)
    with pytest.raises(Misconfigured, match="accepted its licence"):
        obtain("maker/gated", tmp_path, silent)
    with pytest.raises(Misconfigured, match="has no weights as safetensors"):
        obtain("maker/gguf", tmp_path, silent)
    with pytest.raises(Misconfigured, match="no model that is known here"):
        obtain("something", tmp_path, silent)
    with pytest.raises(Misconfigured, match="There is no file"):
        obtain("other.gguf", tmp_path, silent)


def test_a_hub_that_cannot_be_reached_is_an_outage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hubs.running() as gone:
        url = gone.url
    monkeypatch.setenv("HF_ENDPOINT", url)

    with pytest.raises(Outage, match="hub cannot be reached"):
        obtain(NAME, tmp_path, silent)


# packages


def a_model_in_packages(folder: Path, parts: list[bytes], *, sha256: str = "") -> packaged.Packaged:
    whole = b"".join(parts)
    wheels = {}
    for number, part in enumerate(parts, start=1):
        wheel = folder / f"some_part{number}-1.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as opened:
            opened.writestr(f"some_part{number}/__init__.py", "raise SystemExit('never run')")
            opened.writestr(f"some_part{number}/data/part{number:02}.bin", part)
        wheels[f"some-part{number}==1.0"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    digest = sha256 or hashlib.sha256(whole).hexdigest()
    return packaged.Packaged(name="Some", licence="MIT", origin="maker/some", size=len(whole), sha256=digest, wheels=wheels)


def test_parts_in_packages_are_joined_in_their_order(tmp_path: Path) -> None:
    parts = [b"GGUF", b"first", b"second", *(bytes([number]) for number in range(9))]  # a tenth part comes after the second
    model = a_model_in_packages(tmp_path, parts)

    packaged.joined(model, tmp_path, tmp_path / "whole")

    assert (tmp_path / "whole").read_bytes() == b"".join(parts)


def test_parts_that_are_not_the_makers_are_refused_and_nothing_is_left(tmp_path: Path) -> None:
    model = a_model_in_packages(tmp_path, [b"GGUF", b"first"], sha256="0" * 64)

    with pytest.raises(Misconfigured, match="is not Some as its maker publishes it"):
        packaged.joined(model, tmp_path, tmp_path / "whole")

    assert not (tmp_path / "whole").exists()


def test_every_listed_model_in_packages_is_pinned_by_hash() -> None:
    assert {entry.name.lower() for entry in catalogue.entries().values() if entry.source == catalogue.PACKAGES} == set(
        packaged.known()
    )
    for model in packaged.known().values():
        assert len(model.sha256) == 64
        assert all("==" in requirement and len(digest) == 64 for requirement, digest in model.wheels.items())


# the command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MUSELAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def test_a_folder_is_chosen_and_taken_back(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")

    used = RUN.invoke(app, ["model", "use", str(folder)])
    chosen = choice.chosen(home).now
    back = RUN.invoke(app, ["model", "back"])

    assert used.exit_code == 0, used.output
    assert "Ideas are made with mine from now on" in used.output
    assert chosen == str(folder)
    assert "SmolLM2-135M-Instruct again" in back.output
    assert choice.chosen(home).now == ""


def test_a_model_that_the_configuration_names_is_not_overruled(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSELAB_SERVICE__MODEL", "maker/other")

    used = RUN.invoke(app, ["model", "use", "embedded"])

    assert used.exit_code == 1
    assert isinstance(used.exception, Misconfigured)
    assert "The configuration names the model maker/other" in str(used.exception)


def test_going_back_from_nothing_is_refused(home: Path) -> None:
    assert "nothing to go back to" in str(RUN.invoke(app, ["model", "back"]).exception)


def test_models_are_listed_with_what_each_costs_and_those_of_the_language_first(home: Path) -> None:
    shown = RUN.invoke(app, ["model", "--language", "zh"]).output.splitlines()

    assert shown[1].split()[0] == "Qwen2.5-0.5B-Instruct"
    assert all(part in shown[1] for part in ("en zh", "1.0 GB", "0.8 GB", " s ", "Apache-2.0"))
    assert next(line for line in shown if line.startswith("●")).split()[1] == "SmolLM2-135M-Instruct"
