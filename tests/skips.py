"""Says at the end which tests were skipped and why; with CI set, a skip for any reason but those named here fails the run.

What `make install-all` installs and what lies in the repository is no reason to skip: a test that is not run protects nothing.
"""

from __future__ import annotations

import os
import re
from collections import Counter

import pytest

#: The whole reason of a skip that is right everywhere, as a regular expression.
ALLOWED = (
    # the platform or engine under test cannot do what the story needs
    r"a pipe gets answers only",
    r"here answers are no messages in a channel",
    r"here what was written scrolls away and cannot be changed",
    r"whoever sits at the terminal may do everything",
    r"its seed is one for the whole process: what else runs changes the text",
    r"it reads on beyond what the model was trained for",
    r"it hangs up without a word, which is an outage like any other",
    r"it serves the one model it has under any name",
    # this machine lacks the hardware, or is another system
    r"this CPU has no bfloat16",
    r"there is no CUDA device",
    r"qemu is missing: apt install qemu-user-static",
    r"pgbouncer is not installed: apt-get install pgbouncer",
    r"there is no browser: apt-get install chromium and pip install playwright",
    r"sums of pairs saturate on x86-64 only",
    r"instructions can be limited on an x86-64 CPU only",
    r"this torch does not tell what the CPU has",
    r"Windows has no such modes",
    r"only there the arrays lie in a file",
    r"this user, probably root, may write everywhere",
    # what `make install-all` leaves out, as it is large or compiled for minutes
    r"pip install 'muselab\[(tune|image-gpu|hearing)\]'",
    r"not installed: llama_cpp(, \w+)*; see docs/reference/engines\.md",
    r"W&B is installed here",
)


class Skips:
    """Every skip of a run, by reason."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.reasons: Counter[str] = Counter()
        self.wrong: dict[str, list[str]] = {}  #: reason that is not allowed → where

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        *_where, said = report.longrepr if isinstance(report.longrepr, tuple) else (str(report.longrepr),)
        reason = str(said).removeprefix("Skipped: ")
        self.reasons[reason] += 1
        if not any(re.fullmatch(allowed, reason) for allowed in ALLOWED):
            self.wrong.setdefault(reason, []).append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.strict and self.wrong and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.reasons:
            return
        terminalreporter.section("skipped")
        for reason, count in self.reasons.most_common():
            terminalreporter.line(f"{count:4}  {reason}" + ("" if reason not in self.wrong else "  (not allowed with CI set)"))
        for reason, places in self.wrong.items() if self.strict else ():
            terminalreporter.line(f"FAILED: with CI set, no test may skip because {reason!r}: {', '.join(places[:5])}", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Counts where reports come together, which under xdist is not in the workers."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Skips(strict=bool(os.environ.get("CI"))), "muselab-skips")
