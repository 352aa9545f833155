"""What a run says about skipped tests, and that with CI set a skip for a missing file or package fails it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = "import pytest\ndef test_it():\n    pytest.skip('this CPU has no bfloat16')\ndef test_also():\n    pass\n"
MISSING_FILE = "import pytest\n@pytest.mark.skipif(True, reason='the file is not here')\ndef test_it():\n    pass\n"
MISSING_PACKAGE = "import pytest\npytest.importorskip('no_such_package')\ndef test_it():\n    pass\n"


def ran(folder: Path, text: str, *options: str, ci: str) -> tuple[int, str]:
    (folder / "test_some.py").write_text(text, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.skips",
            "-p",
            "xdist",
            "-p",
            "no:cacheprovider",
            "-c",
            os.devnull,
            *options,
            str(folder),
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **({"CI": ci} if ci else {})},
        check=False,
    )
    return done.returncode, done.stdout


def test_a_skip_that_is_right_everywhere_passes_and_is_named(tmp_path: Path) -> None:
    status, said = ran(tmp_path, ALLOWED, ci="true")

    assert status == 0, said
    assert "   1  this CPU has no bfloat16\n" in said


@pytest.mark.parametrize("text", [MISSING_FILE, MISSING_PACKAGE], ids=["file", "package"])
@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_with_ci_set_a_skip_for_what_is_missing_fails_the_run(tmp_path: Path, text: str, options: tuple[str, ...]) -> None:
    status, said = ran(tmp_path, text, *options, ci="true")

    assert status == 1, said
    assert "FAILED: with CI set, no test may skip because " in said
    assert "test_some.py" in said.rpartition("FAILED: with CI set")[2]


def test_elsewhere_the_same_skip_is_only_named(tmp_path: Path) -> None:
    status, said = ran(tmp_path, MISSING_FILE, ci="")

    assert status == 0, said
    assert "   1  the file is not here  (not allowed with CI set)\n" in said


def test_a_failure_stays_a_failure(tmp_path: Path) -> None:
    status, said = ran(tmp_path, ALLOWED.replace("pass", "raise SystemExit(3)"), ci="true")

    assert status != 0, said
