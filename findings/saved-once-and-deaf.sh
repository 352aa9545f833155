#!/usr/bin/env bash
# Guessed: watchfiles told to watch one file tells of each time it is saved, as watchdog does.
# Seen: editors and careful programs save by os.replace. The first save is told, as modified and deleted; of the next ones, and of what
# is written into the file after, nothing comes, without a word. Watched by its folder the same file is told of each time; by watchdog, too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile watchfiles==1.3.0 watchdog==7.1.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import os
import sys
from importlib.metadata import version
from pathlib import Path

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchfiles import awatch

file = Path("watched/settings.toml").resolve()
told = {"watchfiles, the file": [], "watchfiles, its folder": [], "watchdog, the file": []}

class Tells(FileSystemEventHandler):
    def on_moved(self, event):
        self.tell(event)

    def on_modified(self, event):
        self.tell(event)

    def tell(self, event):
        if str(file) in (event.src_path, event.dest_path):
            told["watchdog, the file"].append(event.event_type)

async def watch(place, into, stop):
    async for changes in awatch(place, stop_event=stop, debounce=200, step=50):
        into.extend(change.name for change, path in changes if path == str(file))

def saved(text):
    Path("watched/new").write_text(text)
    os.replace("watched/new", file)

async def told_of(change):
    """Which watches told of a change, two seconds after those told that tell of every one."""
    before = {name: len(events) for name, events in told.items()}
    change()
    async with asyncio.timeout(60):
        while any(len(told[name]) == before[name] for name in ("watchfiles, its folder", "watchdog, the file")):
            await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    return {name: sorted(set(events[before[name] :])) for name, events in told.items()}

async def main():
    file.parent.mkdir()
    file.write_text("0")
    stop = asyncio.Event()
    watches = [
        asyncio.create_task(watch(file, told["watchfiles, the file"], stop)),
        asyncio.create_task(watch(file.parent, told["watchfiles, its folder"], stop)),
    ]
    observer = Observer()
    observer.schedule(Tells(), str(file))
    observer.start()
    await asyncio.sleep(2)
    seen = [await told_of(lambda: saved(text)) for text in "123"]
    seen.append(await told_of(lambda: file.write_text("4")))
    stop.set()
    await asyncio.gather(*watches)
    observer.stop()
    observer.join()
    return seen

seen = asyncio.run(main())
print("watchfiles", version("watchfiles"), "watchdog", version("watchdog"))
for what, watches in zip(("saved", "saved again", "and again", "written in place"), seen, strict=True):
    print("   ", f"{what:16}", watches)
held = seen[0]["watchfiles, the file"] == ["deleted", "modified"] and not any(watches["watchfiles, the file"] for watches in seen[1:])
sys.exit(0 if held else "changed")
PY
