"""Adapters are kept whole or not at all, whatever process is killed and whatever the disk did meanwhile."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.domain.errors import BrokenWeights
from storage.weights import FILES, MANIFEST, YOUNG_S, AdapterFolder
from tests.fair import until_now


def an_adapter(folder: Path, content: bytes = b"weights") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES[0]).write_text('{"peft_type": "LORA"}')
    (folder / FILES[1]).write_bytes(content)
    return folder


def aged(folder: Path) -> None:
    then = time.time() - YOUNG_S - 60
    os.utime(folder, (then, then))


def test_the_same_content_has_the_same_name_and_another_another(tmp_path: Path) -> None:
    adapters = AdapterFolder(tmp_path / "kept")

    one = adapters.keep(an_adapter(tmp_path / "a"), {"base": "x"})
    again = adapters.keep(an_adapter(tmp_path / "b"), {"base": "y"})
    other = adapters.keep(an_adapter(tmp_path / "c", b"other weights"), {})

    assert one == again != other
    assert adapters.names() == tuple(sorted([one, other]))
    assert adapters.manifest(one)["base"] == "x"
    assert (adapters.folder(one) / FILES[1]).read_bytes() == b"weights"


def test_a_damaged_adapter_is_never_handed_out_and_can_be_kept_anew(tmp_path: Path) -> None:
    adapters = AdapterFolder(tmp_path / "kept")
    name = adapters.keep(an_adapter(tmp_path / "a"), {})
    (adapters.root / name / FILES[1]).write_bytes(b"weightz")

    with pytest.raises(BrokenWeights):
        adapters.folder(name)
    assert adapters.keep(tmp_path / "a", {}) == name

    assert (adapters.folder(name) / FILES[1]).read_bytes() == b"weights"


@pytest.mark.parametrize("lost", [*FILES, MANIFEST])
def test_an_adapter_that_lost_a_file_is_none(tmp_path: Path, lost: str) -> None:
    adapters = AdapterFolder(tmp_path / "kept")
    name = adapters.keep(an_adapter(tmp_path / "a"), {})
    (adapters.root / name / lost).unlink()

    with pytest.raises(BrokenWeights):
        adapters.folder(name)


@pytest.mark.parametrize("name", ["", "..", "../../etc", "0" * 31, "g" * 32, "A" * 32])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BrokenWeights):
        AdapterFolder(tmp_path).folder(name)


def test_a_folder_without_an_adapter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()

    with pytest.raises(BrokenWeights, match=FILES[0]):
        AdapterFolder(tmp_path / "kept").keep(tmp_path / "a", {})
    assert AdapterFolder(tmp_path / "kept").names() == ()


def test_sweeping_takes_what_nobody_names_and_leaves_the_young_and_the_strange(tmp_path: Path) -> None:
    adapters = AdapterFolder(tmp_path / "kept")
    live, old, young = (adapters.keep(an_adapter(tmp_path / c, c.encode()), {}) for c in "abc")
    strange = adapters.root / "notes"
    strange.mkdir()
    killed = adapters.root / ".keeping-killed"
    killed.mkdir()
    for folder in (adapters.root / live, adapters.root / old, strange, killed):
        aged(folder)

    assert adapters.sweep({live}) == (old,)

    assert adapters.names() == tuple(sorted([live, young]))
    assert strange.is_dir()
    assert not killed.exists()


KEEPING = """
import sys
from pathlib import Path
from storage.weights import AdapterFolder
adapters = AdapterFolder(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(10_000):
    source = Path(sys.argv[2])
    (source / "adapter_model.safetensors").write_bytes(number.to_bytes(4, "big") * 50_000)
    adapters.keep(source, {"number": number})
"""


def test_a_killed_keeper_leaves_only_whole_adapters(tmp_path: Path) -> None:
    an_adapter(tmp_path / "source")
    keeper = subprocess.Popen([sys.executable, "-c", KEEPING, tmp_path / "kept", tmp_path / "source"], stdout=subprocess.PIPE)
    assert keeper.stdout is not None
    keeper.stdout.readline()
    adapters = AdapterFolder(tmp_path / "kept")
    until_now(lambda: len(adapters.names()) >= 3, what="three adapters")

    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    keeper.stdout.close()

    names = adapters.names()
    assert len(names) >= 3
    for name in names:
        folder = adapters.folder(name)
        assert json.loads((folder / MANIFEST).read_text())["number"] == int.from_bytes(
            (folder / FILES[1]).read_bytes()[:4], "big"
        )
