#!/usr/bin/env bash
# Guessed: a piece of a streamed answer that Slack refuses for the rate is not sent, and appended again it is sent once.
# Seen: chat_stream keeps what was refused and sends it along with the next piece. Who calls append() again after the SlackApiError, or
# stop() with a last text, says it twice; and a piece that another task appends while one is under way takes that one along again, too.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile slack_sdk==3.48.0 aiohttp==3.14.5
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import asyncio
import json
import sys
from importlib.metadata import version

from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

calls, refused = [], set()

async def slack(request):
    """Slack as its documentation has it: refuses the calls of the numbers in `refused` for the rate, takes the others."""
    said = await request.json() if request.content_type == "application/json" else await request.post()
    chunks = said.get("chunks") or "[]"
    calls.append((request.path.rsplit(".", 1)[-1], "".join(chunk["text"] for chunk in (json.loads(chunks) if isinstance(chunks, str) else chunks))))
    await asyncio.sleep(0.2)
    if len(calls) in refused:
        calls[-1] = (*calls[-1], "refused")
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
    return web.json_response({"ok": True, "channel": "C1", "ts": "1.1"})

async def until_taken(call, text):
    while True:
        try:
            return await call(markdown_text=text)
        except SlackApiError as error:
            assert error.response["error"] == "ratelimited"

async def streamed(client, numbers, talk):
    """What Slack has taken of a talk whose calls of these numbers it refused."""
    calls.clear()
    refused.clear()
    refused.update(numbers)
    stream = await client.chat_stream(channel="C1", thread_ts="1.0", recipient_team_id="T1", recipient_user_id="U1", buffer_size=4)
    await talk(stream)
    return [call for call in calls if "refused" not in call]

async def pieces(stream):
    for text in ("one. ", "two. ", "three. "):
        await until_taken(stream.append, text)
    await until_taken(stream.stop, "end.")

async def two_tasks(stream):
    await stream.append(markdown_text="one. ")
    async def later():
        await asyncio.sleep(0.05)
        await stream.append(markdown_text="P.")
    await asyncio.gather(stream.append(markdown_text="two. "), later())
    await stream.stop(markdown_text="end.")

async def main():
    application = web.Application()
    application.router.add_post("/{method:.*}", slack)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    client = AsyncWebClient(token="a", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/api/")
    seen = {
        "nothing refused": await streamed(client, (), pieces),
        "the second piece refused once": await streamed(client, (2,), pieces),
        "twice": await streamed(client, (2, 3), pieces),
        "the end refused once": await streamed(client, (4,), pieces),
        "two tasks": await streamed(client, (), two_tasks),
    }
    await runner.cleanup()
    return seen

seen = asyncio.run(main())
print("slack_sdk", version("slack_sdk"))
for what, taken in seen.items():
    print("   ", f"{what:30}", "".join(text for _, text in taken))
texts = {what: "".join(text for _, text in taken) for what, taken in seen.items()}
held = list(texts.values()) == ["one. two. three. end.", "one. two. two. three. end.", "one. two. two. two. three. end.", "one. two. three. end.end.", "one. two. two. P.end."]
sys.exit(0 if held else "changed")
PY
