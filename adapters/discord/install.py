"""Getting into a server: the link that invites the bot with least permissions, and what is still missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

import aiohttp
import discord

from adapters.discord.syncing import ENTRY_POINT
from bot import commands as our_commands
from bot import plugins, signals
from bot.config import DiscordTable, Settings
from bot.domain.errors import Misconfigured, Outage
from bot.links import reason, shown
from bot.ports import Finding
from bot.words import _

API = "https://discord.com/api/v10"
AUTHORIZE = "https://discord.com/oauth2/authorize"
ANSWER_S = 10.0  # Discord answers within a second or not at all
#: What the bot does in a server, and nothing else: answers, files, threads, and finding its own old messages again.
NEEDED = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    attach_files=True,
    read_message_history=True,
)


async def invite(settings: Settings) -> str:
    """The link with which somebody who manages a server adds the bot to it.

    Raises:
        Misconfigured: there is no token, or Discord refuses it.
        Outage: Discord cannot be reached.
    """
    application = await _get(settings.discord, "/applications/@me")
    asked = {"client_id": application["id"], "scope": "bot applications.commands", "permissions": str(NEEDED.value)}
    return f"{AUTHORIZE}?{urlencode(asked)}"


async def check(settings: Settings) -> list[Finding]:
    """Whether the token works, how many servers the bot is in, and whether its commands are registered."""
    if not settings.discord.token.get_secret_value():
        say = _(
            "not connected. Make an application at https://discord.com/developers/applications; “Reset Token” on its page “Bot” "
            "shows the token for MUSELAB_DISCORD__TOKEN"
        )
        return [Finding(what="discord", ok=None, say=say)]
    try:
        application = await _get(settings.discord, "/applications/@me")
        commands = await _get(settings.discord, f"/applications/{application['id']}/commands")
    except (Misconfigured, Outage) as error:
        return [Finding(what="discord", ok=False, say=str(error))]
    findings = [Finding(what="discord", ok=True, say=_("the token works: {name}").format(name=application["name"]))]
    if application.get("interactions_endpoint_url"):
        say = _("commands go to {url} instead of here. Remove the interactions endpoint URL in the developer portal.")
        findings.append(
            Finding(what=_("discord commands"), ok=False, say=say.format(url=shown(application["interactions_endpoint_url"])))
        )
    elif not commands:
        findings.append(Finding(what=_("discord commands"), ok=None, say=_("registered at the first start")))
    else:
        findings.append(registered({one["name"] for one in commands}))
    entries = [one["name"] for one in commands if one.get("type") == ENTRY_POINT]
    if entries:
        say = _("the application has an Entry Point, {names}: Muselab keeps it, and serves its own commands beside it")
        findings.append(Finding(what=_("discord commands"), ok=None, say=say.format(names=", ".join(entries))))
    findings += offered(application, settings.discord.servers)
    if not application.get("approximate_guild_count"):
        say = _("the bot is in no server yet. muselab invite discord prints the link that adds it")
        findings.append(Finding(what=_("discord servers"), ok=False, say=say))
    else:
        count = application["approximate_guild_count"]
        findings.append(Finding(what=_("discord servers"), ok=True, say=str(count)))
    return findings


def registered(there: set[str]) -> Finding:
    """Whether Discord has the commands of this version."""
    missing = sorted({*plugins.names(our_commands), *plugins.names(signals)} - there)
    if not missing:
        return Finding(what=_("discord commands"), ok=True, say=" ".join(f"/{name}" for name in sorted(there)))
    say = _("Discord does not have {names} yet. They are registered at the next start; if they are not, the log says why.")
    return Finding(what=_("discord commands"), ok=False, say=say.format(names=" ".join(f"/{name}" for name in missing)))


def offered(application: Mapping[str, Any], servers: Collection[str]) -> list[Finding]:
    """Whether strangers may add the bot to servers of theirs, and use this machine."""
    if not application.get("bot_public") or servers:
        return []
    say = _(
        "anybody may add the bot to their server and use this machine. Switch “Public Bot” off in the developer portal, or name "
        "the servers that are served in MUSELAB_DISCORD__SERVERS"
    )
    return [Finding(what=_("discord Public Bot"), ok=None, say=say)]


async def _get(settings: DiscordTable, path: str) -> Any:
    token = settings.token.get_secret_value()
    if not token:
        raise Misconfigured(
            _(
                "Discord needs a bot token in MUSELAB_DISCORD__TOKEN. Make an application at "
                "https://discord.com/developers/applications; “Reset Token” on its page “Bot” shows one."
            )
        )
    base = (settings.api_base or API).rstrip("/")
    headers = {"Authorization": f"Bot {token}", "User-Agent": "DiscordBot (https://github.com/muselab, 1)"}
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=ANSWER_S)) as session,
            session.get(base + path) as answer,
        ):
            if answer.status == 401:
                raise Misconfigured(
                    _("Discord refuses the bot's token. Copy it anew from the developer portal into MUSELAB_DISCORD__TOKEN.")
                )
            answer.raise_for_status()
            return await answer.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Outage(_("Discord cannot be reached: {why}.").format(why=reason(error))) from error
