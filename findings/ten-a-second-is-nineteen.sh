#!/usr/bin/env bash
# Guessed: a limiter set to ten a second lets ten through in any second, eleven where its window slides.
# Seen: of 45 who come at once aiolimiter 1.3.0 lets 19 through in the busiest second, throttled-py 3.5.0 by GCRA 18,
# asynciolimiter 1.2.0 LeakyBucketLimiter 19: the burst, and what drips meanwhile. pyrate-limiter 4.5.1: 10.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile aiolimiter==1.3.0 throttled-py==3.5.0 asynciolimiter==1.2.0 pyrate-limiter==4.5.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
import time
from importlib.metadata import version

import asynciolimiter
from aiolimiter import AsyncLimiter
from pyrate_limiter import Duration, Limiter, Rate
from throttled.asyncio import Throttled, rate_limiter

async def busiest(acquire):
    times = []
    async def one():
        await acquire()
        times.append(time.monotonic())
    await asyncio.gather(*(one() for _ in range(45)))
    return max(sum(begin <= other < begin + 0.999 for other in times) for begin in times)

async def main():
    gcra = Throttled(key="x", using="gcra", quota=rate_limiter.per_sec(10, burst=10), timeout=30)
    async def by_gcra():
        while (await gcra.limit()).limited:
            pass
    bucket = Limiter(Rate(10, Duration.SECOND))
    return {
        "aiolimiter": await busiest(AsyncLimiter(10, 1).acquire),
        "throttled-py": await busiest(by_gcra),
        "asynciolimiter": await busiest(asynciolimiter.LeakyBucketLimiter(10, capacity=10).wait),
        "pyrate-limiter": await busiest(lambda: bucket.try_acquire_async("x")),
    }

seen = asyncio.run(main())
for name, most in seen.items():
    print(name, version(name), "busiest second:", most)
sys.exit(0 if seen.pop("pyrate-limiter") <= 11 and all(16 <= most <= 21 for most in seen.values()) else "changed")
PY
