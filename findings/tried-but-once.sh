#!/usr/bin/env bash
# Guessed: tenacity's @retry on an asynchronous generator, such as one that streams from a model, tries again when it fails,
# or refuses to decorate it.
# Seen: tenacity 9.2.1 decorates it and tries once, whatever stop says: the call that makes the generator succeeds, and what
# fails later is not looked at. A coroutine beside it is tried three times.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile tenacity==9.2.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from importlib.metadata import version

import tenacity

tries = {"generator": 0, "coroutine": 0}
again = tenacity.retry(stop=tenacity.stop_after_attempt(3), reraise=True)

@again
async def generator():
    tries["generator"] += 1
    raise ConnectionError
    yield

@again
async def coroutine():
    tries["coroutine"] += 1
    raise ConnectionError

async def main():
    try:
        async for _ in generator():
            pass
    except ConnectionError:
        pass
    try:
        await coroutine()
    except ConnectionError:
        pass

asyncio.run(main())
print("tenacity", version("tenacity"), "tries:", tries)
sys.exit(0 if tries == {"generator": 1, "coroutine": 3} else "changed")
PY
