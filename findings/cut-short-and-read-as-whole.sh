#!/usr/bin/env bash
# Guessed: a file that breaks off in the middle is refused by what calls itself a drop-in replacement for gzip.GzipFile, as by that.
# Seen: indexed_gzip reads what there is and ends as if that were all: of 20 000 lines the first half, the last of them broken, without a
# word. A flipped bit it does find, and a file that lacks no more than its last eight bytes. gzip and isal's igzip raise EOFError each time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile indexed-gzip==1.10.3 isal==1.9.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import gzip
import importlib.metadata
import pathlib
import sys

import indexed_gzip
from isal import igzip

WHOLE = "".join(f'{{"idea": {number}, "stars": {number * 7919 % 104729}}}\n' for number in range(20000)).encode()
PACKED = gzip.compress(WHOLE, mtime=0)

def lines_of(package, content):
    """How many lines of ideas.jsonl.gz with this content are read, or what is raised."""
    file = pathlib.Path("ideas.jsonl.gz")
    file.write_bytes(content)
    try:
        with package.open(file) as stream:
            lines = stream.readlines()
    except (OSError, EOFError) as error:
        return type(error).__name__
    assert WHOLE.startswith(b"".join(lines))
    return len(lines)

files = {"whole": PACKED, "8 bytes short": PACKED[:-8], "100 bytes short": PACKED[:-100], "half": PACKED[: len(PACKED) // 2], "a bit flipped": PACKED[:-6] + bytes([PACKED[-6] ^ 1]) + PACKED[-5:]}
seen = {what: [lines_of(package, content) for package in (gzip, igzip, indexed_gzip)] for what, content in files.items()}
print("isal", importlib.metadata.version("isal"), "indexed_gzip", importlib.metadata.version("indexed-gzip"), "(gzip, igzip, indexed_gzip)")
for what, answers in seen.items():
    print("   ", f"{what:16}", *answers)
held = seen["whole"] == [20000] * 3 and all(seen[what][:2] == ["EOFError"] * 2 for what in ("8 bytes short", "100 bytes short", "half"))
held &= all(isinstance(seen[what][2], str) for what in ("8 bytes short", "a bit flipped"))
held &= 19900 < seen["100 bytes short"][2] < 20000 and 9000 < seen["half"][2] < 11000
sys.exit(0 if held else "changed")
PY
