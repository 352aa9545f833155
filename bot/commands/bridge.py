"""A bridge: this channel and one of another team on another platform hold their rounds together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from bot.domain.bridges import CODE_LASTS, Bridge
from bot.domain.errors import Refusal
from bot.domain.ideas import Idea
from bot.domain.rounds import RoundId
from bot.messages import Call, Card, Control, Field, Form, Key, Param, Press, Value
from bot.ports import Reply
from bot.services.bundle import Services
from bot.services.lines import platform_name
from bot.services.rounds.visiting import as_file
from bot.words import N_, _

HELP = N_("hold rounds together with a channel of another team on another platform, such as Discord and Slack")
EXAMPLES = ("/bridge", "/bridge --do code", "/bridge K7QF-9M2X-RT4H-WZ8P")
PRIVATE = True  # whoever reads a code can use it; both rooms are told by messages of their own
SAID_ONLY = True  # "bridge of lanterns" is a topic
WORDS_ONLY = True
WHOLE = 1000  # ideas in the file of a round: more than people write in one
PARAMS = (
    Param(name="code", help=N_("the code that an admin of the other channel got"), rest=True),
    Param(
        name="do",
        help=N_("for admins: get a code for the other channel's admin, or end the bridge"),
        kind="choice",
        by_name=True,
        choices=(("code", N_("Get a code")), ("end", N_("End the bridge"))),
    ),
)
CODE = re.compile(r"(?:[A-Z2-9]{4}-){3}[A-Z2-9]{4}", re.IGNORECASE)


async def form(services: Services, key: Key, idea: Idea | None) -> Form:
    """For the other side's code."""
    field = Field(name="code", label=_("Code"), placeholder="K7QF-9M2X-RT4H-WZ8P", most=40)
    return Form(key=key, title=_("Enter a code"), fields=(field,), submit=_("Join"))


def from_press(press: Press) -> Mapping[str, Value]:
    """What is to be done; a code from the form; of which round a file is wanted."""
    if press.key.token == "enter":
        return {"code": press.values.get("code", "")}
    return {"export": press.key.target} if press.key.token == "export" else {"do": press.key.token}


def said(rest: str) -> bool:
    """Whether a line without a slash that begins with "bridge" is this command."""
    return rest.startswith("--") or CODE.fullmatch(rest) is not None


async def run(services: Services, call: Call, reply: Reply) -> None:
    what, code = str(call.args.get("do", "")), str(call.args.get("code", "")).strip()
    if call.args.get("export"):
        await reply.show(await exported(services, call, str(call.args["export"])))
    elif code:
        bridge = await services.bridging.join(call, code)
        await reply.show(standing(call, bridge))
    elif what == "code":
        await reply.show(given(await services.bridging.code(call)))
    elif what == "end":
        await services.bridging.end(call)
        await reply.show(standing(call, None))
    elif what:
        raise Refusal(_("This button is not one of Muselab's."))
    else:
        await reply.show(standing(call, await services.bridging.of(call.channel)))


def given(code: str) -> Card:
    """A code, for the eyes of who asked."""
    minutes = CODE_LASTS // timedelta(minutes=1)
    text = _(
        "{code}\n\nPass it to an admin of the other channel, who enters it there with /bridge and the code. It works once and "
        "within {minutes} minutes. Whoever has it can join a channel of theirs with this one, so pass it to nobody else."
    )
    return Card(title=_("A code for the other channel"), text=text.format(code=code, minutes=minutes), private=True)


def standing(call: Call, bridge: Bridge | None) -> Card:
    """Whether the channel has a bridge, what that means, and what an admin can do."""
    if bridge is None:
        text = _(
            "This channel has no bridge. With one, its rounds are held in a channel of another team on another platform, too: an "
            "admin of one gets a code, an admin of the other enters it."
        )
        controls = (
            Control(key=Key(verb="bridge", token="code"), label=_("Get a code"), emoji="🔑", primary=True),
            Control(key=Key(verb="bridge", token="enter"), label=_("Enter a code"), emoji="🌉", asks=True),
        )
        return Card(title=_("Bridge"), text=text, controls=controls if call.admin else (), private=True)
    name = platform_name(bridge.across(call.channel).team.platform)
    since = _("This channel is joined with one in {platform} since {day}.").format(
        platform=name, day=f"{bridge.made_at:%Y-%m-%d}"
    )
    shared = _("Rounds that begin in either are held in both. Nothing else is shared: no board, no settings, no other message.")
    end = Control(key=Key(verb="bridge", token="end"), label=_("End the bridge"), emoji="✂️")
    return Card(title=_("Bridge"), text=f"{since}\n\n{shared}", controls=(end,) if call.admin else (), private=True)


async def exported(services: Services, call: Call, id: str) -> Card:
    """What came of a round that was held here, too, as a file."""
    guest = next((one for one in await services.store.visits(call.channel) if one.round == id and one.open), None)
    round = None if guest is None else await services.store.round(guest.host.team, RoundId(id))
    if guest is None or round is None:
        raise Refusal(_("There is no such round here any more."))
    file = as_file(await services.rounds.stage.guests.card(round, guest, room=WHOLE))
    return Card(text=_("Here is the round as {name}.").format(name=file.name), files=(file,), private=True)
