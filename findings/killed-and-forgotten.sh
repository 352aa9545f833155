#!/usr/bin/env bash
# Guessed: a task with retries=3 whose worker is killed is done again by the next worker, or stands somewhere as failed.
# Seen: huey 3.5.4 on SQLite takes a task out of the queue before it runs it: killed in it, it is in no queue, no schedule and
# no result afterwards, and its retries count nothing. The task behind it runs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile huey==3.5.4
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import os
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

Path("tasks.py").write_text("""
import time
from pathlib import Path
from huey import SqliteHuey
huey = SqliteHuey(filename="queue.db")

@huey.task(retries=3)
def work(number):
    Path(f"began-{number}").touch()
    if number == 1:
        time.sleep(60)
    Path(f"done-{number}").touch()
""")
sys.path.insert(0, "")
import tasks

def consumer():
    script = Path(sys.executable).with_name("huey_consumer")
    return subprocess.Popen([sys.executable, script, "tasks.huey", "-w", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

def waited(name):
    for _ in range(600):
        if Path(name).exists():
            return True
        time.sleep(0.1)
    return False

tasks.work(1)
tasks.work(2)
first = consumer()
assert waited("began-1")
os.kill(first.pid, signal.SIGKILL)
first.wait()
Path("began-1").unlink()
second = consumer()
assert waited("done-2")
time.sleep(5)
second.terminate()
second.wait()
left = tasks.huey.pending_count(), tasks.huey.scheduled_count(), tasks.huey.result_count()
again = Path("began-1").exists()
print("huey", version("huey"), "begun again:", again, "pending, scheduled, results:", left)
sys.exit(0 if not again and left == (0, 0, 0) else "changed")
PY
