"""The board in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.errors import NotAllowed, Refusal
from bot.domain.passes import LINK_LASTS, SESSION_LASTS, SHARE_LASTS, Pass, PassKind, digest_of, new_secret
from bot.messages import Call, Card, Control, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.words import N_, _, ngettext

HELP = N_("get a link to this channel's board in the browser, for you alone")
EXAMPLES = ("/page", "/page share")
PRIVATE = True  # whoever reads the link can come in with it
PARAMS = (
    Param(
        name="action",
        help=N_("open; for admins: share, shares or revoke"),
        kind="choice",
        choices=(
            ("open", N_("Open the board, as yourself")),
            ("share", N_("A link for readers")),
            ("shares", N_("List the links for readers")),
            ("revoke", N_("End a link for readers")),
        ),
    ),
    Param(name="link", help=N_("which link to end: its first letters, as the list shows them"), rest=True),
)
SHOWN = 8  # hex digits of a digest that name a link: 32 bits, for some links of one team


def from_press(press: Press) -> Mapping[str, Value]:
    """The action of a button, and its link."""
    action, _dash, link = press.key.token.partition("-")
    return {"action": action or "open"} | ({"link": link} if link else {})


async def run(services: Services, call: Call, reply: Reply) -> None:
    action = str(call.args.get("action", "open"))
    if not services.settings.web.port:
        raise Refusal(_("There is no page here. Whoever hosts Muselab opens it by setting MUSELAB_WEB__PORT."))
    if action != "open" and not call.admin:
        raise NotAllowed(_("Only people who manage this channel may give links to readers. For yourself there is /page."))
    if action == "open":
        await reply.show(await opened(services, call))
    elif action == "share":
        await reply.show(await shared(services, call))
    elif action == "shares":
        await reply.show(await listed(services, call))
    else:
        await reply.show(await revoked(services, call, str(call.args.get("link", ""))))


async def opened(services: Services, call: Call) -> Card:
    """A link that lets this person in once."""
    secret = await _kept(services, call, "link", LINK_LASTS)
    minutes, hours = round(LINK_LASTS / timedelta(minutes=1)), round(SESSION_LASTS / timedelta(hours=1))
    text = _(
        "{link}\n\nIt opens this channel's board as you, works once and within {minutes} minutes, and is good for {hours} hours "
        "from then on. Do not pass it on."
    ).format(link=f"{services.settings.page_url}/in/{secret}", minutes=minutes, hours=hours)
    return Card(title=_("The board in the browser"), text=text, private=True)


async def shared(services: Services, call: Call) -> Card:
    """A link with which anybody can look, and nobody can change anything."""
    secret = await _kept(services, call, "share", SHARE_LASTS)
    text = _(
        "{link}\n\nWhoever has it can read this channel's board for {days} days, and change nothing. /page shares lists such "
        "links and ends them."
    ).format(link=f"{services.settings.page_url}/share/{secret}", days=SHARE_LASTS.days)
    return Card(title=_("A link for readers"), text=text, private=True)


async def listed(services: Services, call: Call) -> Card:
    """The team's links for readers, with a button that ends each."""
    shares = await services.store.passes(call.channel.team, "share", services.clock())
    if not shares:
        return Card(text=_("There are no links for readers. /page share makes one."), private=True)
    counted = ngettext("{count} link for readers", "{count} links for readers", len(shares)).format(count=len(shares))
    row = _("{link}: made {made}, ends {until}")
    rows = [row.format(link=one.digest[:SHOWN], made=f"{one.made_at:%Y-%m-%d}", until=f"{one.until:%Y-%m-%d}") for one in shares]
    buttons = [
        Control(key=Key(verb="page", token=f"revoke-{one.digest[:SHOWN]}"), label=_("End {link}").format(link=one.digest[:SHOWN]))
        for one in shares[:5]  # a row of buttons
    ]
    return Card(title=counted, text="\n".join(rows), controls=tuple(buttons), private=True)


async def revoked(services: Services, call: Call, name: str) -> Card:
    """Ends a link for readers of this team."""
    team, wanted = call.channel.team, name.strip().lower()
    shares = await services.store.passes(team, "share", services.clock())
    mine = [one for one in shares if wanted and one.digest.startswith(wanted)]
    if len(mine) != 1:
        raise Refusal(_("There is no link “{link}” here, or several begin so. /page shares lists them.").format(link=name[:80]))
    await services.store.drop_pass(team, mine[0].digest)
    return Card(text=_("Ended: {link} lets nobody in any more.").format(link=mine[0].digest[:SHOWN]), private=True)


async def _kept(services: Services, call: Call, kind: PassKind, lasts: timedelta) -> str:
    secret, now = new_secret(), services.clock()
    await services.store.keep_pass(
        Pass(
            digest=digest_of(secret),
            kind=kind,
            channel=call.channel,
            person=call.person,
            made_at=now,
            until=now + lasts,
            locale=call.locale or "",
            outsider=call.outsider,
        )
    )
    return secret
