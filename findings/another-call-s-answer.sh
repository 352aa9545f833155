#!/usr/bin/env bash
# Guessed: a decorator that keeps a function's answers gives each call its own where the arguments differ.
# Seen: keys are made of what str() says. dogpile.cache puts arguments in a row with blanks: ("tea bar", "names") gets the answer of
# ("tea", "bar names"). aiocache, cashews and dogpile.cache take two vectors of 1001 numbers that differ in the middle for one, since
# numpy prints the ends alone. To cashews None is "" and 1 is "1".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile dogpile.cache==1.5.0 aiocache==0.12.3 cashews==7.6.0 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import sys
from importlib.metadata import version

import numpy as np
from aiocache import cached
from cashews import cache
from dogpile.cache import make_region

region = make_region().configure("dogpile.cache.memory")
cache.setup("mem://")

def kept_by_dogpile(function):
    keep = region.cache_on_arguments()(function)
    async def answer(*arguments):
        return keep(*arguments)
    return answer

def kept_by(decorator, function):
    async def answer(first, second=None):
        return function(first, second)
    return decorator(answer)

def pair(first, second):
    return first, second

def total(vector, second=None):
    return float(vector.sum())

KEEP = {
    "dogpile.cache": kept_by_dogpile,
    "aiocache": lambda function: kept_by(cached(), function),
    "cashews": lambda function: kept_by(cache(ttl="1h", prefix=function.__name__), function),
}
low = np.zeros(1001)
high = low.copy()
high[500] = 1
CALLS = {
    "blanks": (pair, ("tea", "bar names"), ("tea bar", "names")),
    "None and ''": (pair, (None, "a"), ("", "a")),
    "1 and '1'": (pair, (1, "b"), ("1", "b")),
    "two vectors": (total, (low, None), (high, None)),
}

async def main():
    seen = {}
    for package, keep in KEEP.items():
        print(package, version(package))
        kept = {function: keep(function) for function in (pair, total)}
        for name, (function, first, second) in CALLS.items():
            await kept[function](*first)
            seen[package, name] = await kept[function](*second) != function(*second)
            print("   ", f"{name:12}", "the other call's answer" if seen[package, name] else "its own")
    return {key for key, wrong in seen.items() if wrong}

seen = asyncio.run(main())
expected = {("dogpile.cache", "blanks"), ("dogpile.cache", "1 and '1'"), ("cashews", "None and ''"), ("cashews", "1 and '1'")}
expected |= {(package, "two vectors") for package in KEEP}
sys.exit(0 if seen == expected else f"changed: {seen ^ expected}")
PY
