"""What `muselab doctor` says about Slack: which tokens work, and which permissions are missing."""

from __future__ import annotations

import json

import aiohttp

from adapters.slack.manifest import INSTALL, OPTIONAL, SCOPES
from adapters.slack.refusals import TOO_MUCH
from adapters.slack.render import render
from adapters.slack.web import UNREACHED, client, failure
from bot.config import Settings, SlackTable
from bot.domain.ideas import IdeaId
from bot.links import shown
from bot.messages import Card, Control, Key, Line
from bot.ports import Finding
from bot.words import _

WHAT = "slack"
DEADLINE_S = 10.0


async def check(settings: Settings) -> list[Finding]:
    """Every finding; Slack is asked only about tokens that are set."""
    table = settings.slack
    if not (table.bot_token.get_secret_value() or table.client_id):
        say = _(
            "not used: no token is set. Paste what `muselab manifest slack` prints at https://api.slack.com/apps, and put the "
            "app's tokens into MUSELAB_SLACK__APP_TOKEN and MUSELAB_SLACK__BOT_TOKEN"
        )
        return [Finding(what=WHAT, ok=None, say=say)]
    findings = [Finding(what=WHAT, ok=False, say=say) for say in problems(table)]
    if table.client_id and not findings:
        say = _("workspaces install Muselab at {url}").format(
            url=shown(table.public_url or f"http://{table.host}:{table.port}") + INSTALL
        )
        findings.append(Finding(what=WHAT, ok=True, say=say))
        say = _("organisations (Enterprise Grid) may install it for all of their workspaces; tokens that end are renewed in time")
        findings.append(Finding(what=WHAT, ok=True, say=say))
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE_S)) as session:
        if table.bot_token.get_secret_value() and not table.client_id:
            findings.append(await _bot_token(settings, session))
            if findings[-1].ok:
                findings.append(await _sample(settings, session))
        if table.app_token.get_secret_value() and not table.port:
            findings.append(await _app_token(settings, session))
    return findings


def problems(table: SlackTable) -> list[str]:
    """What is missing to connect, one sentence each; nothing is asked of Slack."""
    sentences = []
    if table.client_id:
        if not table.client_secret.get_secret_value():
            sentences.append(_("Set MUSELAB_SLACK__CLIENT_SECRET: the client id is set without it."))
        if not table.port:
            sentences.append(
                _("Set MUSELAB_SLACK__PORT: installing into many workspaces needs a page that Slack can send people to.")
            )
    elif not table.bot_token.get_secret_value():
        sentences.append(_("Set MUSELAB_SLACK__BOT_TOKEN to the token that begins with xoxb-."))
    if table.port and not table.signing_secret.get_secret_value():
        sentences.append(_("Set MUSELAB_SLACK__SIGNING_SECRET: without it nobody knows whether a request comes from Slack."))
    if not table.port and not table.app_token.get_secret_value():
        sentences.append(_("Set MUSELAB_SLACK__APP_TOKEN to the app-level token that begins with xapp-."))
    return sentences


def _ends(token: str) -> bool:
    """Whether a token is one of those that end after twelve hours: Slack writes so in front of them."""
    return token.startswith("xoxe.")


async def _bot_token(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    asking = client(token=settings.slack.bot_token.get_secret_value(), base=settings.slack.api_base, session=session)
    asking.retry_handlers = []
    try:
        response = await asking.auth_test()
    except UNREACHED as error:
        say = _("Slack does not accept the bot token: {error}. Take the one that begins with xoxb- from “OAuth & Permissions”.")
        return Finding(what=WHAT, ok=False, say=say.format(error=failure(error, "auth.test").error))
    if _ends(settings.slack.bot_token.get_secret_value()):
        say = _(
            "the bot token ends within twelve hours, as token rotation is switched on for this app. Let Muselab renew it: set "
            "MUSELAB_SLACK__CLIENT_ID and its secret, and install at {path}; or make an app without rotation."
        )
        return Finding(what=WHAT, ok=False, say=say.format(path=INSTALL))
    granted = {scope.strip() for scope in str(response.headers.get("x-oauth-scopes", "")).split(",")}
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted and scope not in OPTIONAL]
    if missing:
        say = _("the workspace {team} has not granted: {scopes}. Update the app's manifest and install it again.")
        return Finding(what=WHAT, ok=False, say=say.format(team=response["team"], scopes=", ".join(missing)))
    if response.get("is_enterprise_install"):
        say = _("bot token of the organisation {team}, for all of its workspaces, every permission there")
        return Finding(what=WHAT, ok=True, say=say.format(team=response.get("enterprise_id") or response["team"]))
    refused = [scope for scope in OPTIONAL if scope not in granted]
    if refused:
        say = _("bot token for the workspace {team}; switched off, as the permission was not granted: {off}")
        off = ", ".join(f"{scope} ({SCOPES[scope]})" for scope in refused)
        return Finding(what=WHAT, ok=True, say=say.format(team=response["team"], off=off))
    return Finding(
        what=WHAT, ok=True, say=_("bot token for the workspace {team}, every permission there").format(team=response["team"])
    )


async def _sample(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    """What Slack itself says of a message as Muselab makes them; nothing is posted."""
    asking = client(token=settings.slack.bot_token.get_secret_value(), base=settings.slack.api_base, session=session)
    asking.retry_handlers = []
    drawn = render(slate())
    try:
        await asking.api_call("blocks.validate", data={"blocks": json.dumps(drawn.blocks)})
    except UNREACHED as error:
        why = failure(error, "blocks.validate").error
        if why in TOO_MUCH:
            say = _("Slack takes no message like Muselab's any more ({error}): a newer Muselab may help").format(error=why)
            return Finding(what=WHAT, ok=False, say=say)
        say = _("Slack was not asked what it thinks of a message of Muselab's ({error})").format(error=why)
        return Finding(what=WHAT, ok=None, say=say)
    return Finding(what=WHAT, ok=True, say=_("Slack finds nothing wrong with a message of ten ideas"))


def slate() -> Card:
    """A message of ten ideas with what stands beside them."""

    def beside(id: IdeaId) -> tuple[Control, ...]:
        keys = (Key(verb="vote", target=id, token=token) for token in ("up", "down"))
        more = Control(key=Key(verb="more", target=id), label=_("More"), minor=True)
        return (*(Control(key=key, label="", emoji=emoji) for key, emoji in zip(keys, "👍👎", strict=True)), more)

    ids = [IdeaId(f"{number:024x}") for number in range(1, 11)]
    lines = tuple(
        Line(idea=id, number=at, text="A <rooftop> & *paper* library", controls=beside(id)) for at, id in enumerate(ids, 1)
    )
    return Card(title=_("Ideas for “{topic}”").format(topic="tea"), lines=lines, footer="…")


async def _app_token(settings: Settings, session: aiohttp.ClientSession) -> Finding:
    asking = client(base=settings.slack.api_base, session=session)
    asking.retry_handlers = []
    try:
        await asking.apps_connections_open(app_token=settings.slack.app_token.get_secret_value())
    except UNREACHED as error:
        say = _("Slack does not accept the app-level token: {error}. Make one with the scope connections:write.")
        return Finding(what=WHAT, ok=False, say=say.format(error=failure(error, "apps.connections.open").error))
    return Finding(what=WHAT, ok=True, say=_("app-level token for Socket Mode"))
