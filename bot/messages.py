"""What reaches the core (`Call`, `Press`) and what it shows (`Card`), in no platform's words.

Every text in a card is plain: adapters escape all of it, so nothing that a model or a person wrote becomes a mention, a
link or markup.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from bot.domain.errors import InvalidFeedback
from bot.domain.feedback import Tally
from bot.domain.ideas import Channel, IdeaId, Person
from bot.words import _

THUMBNAIL = "thumbnail.jpg"  # name of a work's small picture, which is for boards of many and not shown beside the work
MAX_KEY = 100  # characters of a control's key; Discord's custom_id holds no more

#: Files by what they are, for `Param.takes` and `Field.takes`.
IMAGES, RECORDINGS = ("image",), ("audio", "video")
SCORES = (".mid", ".midi", ".abc", ".txt")
DOCUMENTS = (".md", ".txt", ".pdf")
TEXTS = (".csv", ".tsv", ".jsonl", ".json", ".md", ".txt")

Value = str | int | bool
Picks = Literal["", "people", "roles", "anybody", "channel"]  # "anybody": people and roles
#: "about" is an idea by its number, or words; "file" is an attachment, on a typed line the path of a file.
ParamKind = Literal["text", "integer", "choice", "idea", "flag", "about", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One argument of a command. Platforms with typed options take them as such; typed lines are parsed by `bot.typed`."""

    name: str
    help: str  #: marked with `N_`, translated when shown
    kind: ParamKind = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()  #: (value, label marked with `N_`); of a text, what a menu offers of what it takes
    least: int | None = None  #: for kind "integer"
    most: int | None = None
    short: str = ""  #: one letter, for `-n 5` on typed lines
    rest: bool = False  #: on a typed line it takes all the words that are left
    lines: bool = False  #: with `rest`: and all the lines below, as they are
    suggested: tuple[str, ...] = ()  #: values to complete from, marked with `N_`; others are taken, too
    recent: str = ""  #: field of a prompt; what the channel gave for it lately is suggested first
    personas: bool = False  #: the channel's personas are suggested, by name
    trails: bool = False  #: a choice may be the last of the words on a typed line, "autumn rain haiku"; an integer all of them
    by_name: bool = False  #: for kind "choice": on a typed line only its name gives it, `--drums no`
    takes: tuple[str, ...] = ()  #: for kind "file": what a platform that can ask for some offers: "image", "audio", ".mid"
    numbers: bool = False  #: of a text: numbers in it are ideas', "3 7x2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a person handed in with a command; its bytes are fetched when they are wanted."""

    name: str
    media_type: str  #: as claimed; nothing of it is believed
    size: int  #: bytes, as claimed
    fetch: Callable[[], Awaitable[bytes]]  #: raises `Outage` when they cannot be had
    param: str = ""  #: which of the command's arguments it is; empty where files have no names, but an order


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Somebody used a command."""

    id: str  #: the platform's id of the event; the same id twice has one effect
    command: str
    args: Mapping[str, Value] = field(default_factory=dict)  #: ideas as "#3", "3" or an idea's id
    person: Person
    channel: Channel
    at: datetime  #: aware, UTC
    locale: str | None = None  #: the platform's tag for the person's language
    admin: bool = False  #: the person may administer the channel
    roles: tuple[str, ...] = ()  #: ids of the person's roles there, where the platform has roles
    outsider: bool = False  #: the person belongs to another company, with which the channel is shared
    uploads: tuple[Upload, ...] = ()  #: files that came with it
    body: str = (
        ""  #: the event in its adapter's own words, for `Chat.again`; empty: it is kept already, or cannot be served again
    )

    def press(self, key: Key) -> Press:
        """The press of a control that stands for this call: by the same person, with the same rights."""
        return Press(key=key, roles=self.roles, **{name: getattr(self, name) for name in SHARED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A control's whole state: `verb:target:token`, at most 100 characters, so that buttons survive restarts.

    The verb is a signal's or a command's name, the target an idea's or a brainstorm's id (or empty), the token the verb's own.

    Raises:
        InvalidFeedback: the text is not such a key.
    """

    verb: str
    target: str = ""
    token: str = ""

    def __str__(self) -> str:
        return f"{self.verb}:{self.target}:{self.token}"

    def __post_init__(self) -> None:
        if not self.verb.isidentifier() or ":" in self.target or len(str(self)) > MAX_KEY:
            raise InvalidFeedback(_("This button is not one of Muselab's."))

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key written as `text`; see the class for what it raises."""
        verb, _colon, rest = text.partition(":")
        target, _colon, token = rest.partition(":")
        return cls(verb=verb, target=target, token=token)


SHARED = ("id", "person", "channel", "at", "locale", "admin", "outsider")  #: fields that a call and a press of one line have
ALSO = "also"  #: value of a press by a typed line that votes on several ideas: the others, "4:up 5:down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Somebody used a control: pressed a button, submitted a form, reacted with an emoji.

    A reaction taken away is a press with the token "none" and `reaction` set; it withdraws only what that emoji had said.
    """

    id: str  #: the platform's id of the event; the same id twice has one effect
    key: Key
    person: Person
    channel: Channel
    at: datetime  #: aware, UTC
    values: Mapping[str, str] = field(default_factory=dict)  #: of a submitted form, by field name
    uploads: tuple[Upload, ...] = ()  #: files that came with a submitted form; `Upload.param` is the field's name
    reaction: str = ""  #: the native emoji, when this is a reaction; one that says nothing is passed over in silence
    locale: str | None = None
    admin: bool = False
    roles: tuple[str, ...] = ()
    body: str = ""  #: as of `Call`
    outsider: bool = False  #: as of a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    kind: Literal["text", "choice", "file"] = "text"
    value: str = ""
    placeholder: str = ""
    hint: str = ""  #: a line below it: what may be written, or which files are taken
    most: int = 400  #: characters
    required: bool = True
    multiline: bool = False
    choices: tuple[tuple[str, str], ...] = ()  #: (value, translated label), for kind "choice"
    many: bool = False  #: for kind "choice": several may be chosen; the value is theirs, with blanks between them
    takes: tuple[str, ...] = ()  #: for kind "file": as of `Param`
    picks: Picks = ""  #: where the platform has such pickers, a text is picked: ids with blanks between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Asks a person for text and files: a modal in Discord and Slack. Submitting it is a `Press` of `key` with what was given."""

    key: Key
    title: str
    fields: tuple[Field, ...]
    submit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something to press."""

    key: Key
    label: str  #: translated; may be empty when there is an emoji
    emoji: str = ""
    asks: bool = False  #: pressing it opens the form that `Desk.form` gives for its key
    primary: bool = False
    minor: bool = False  #: belongs in an overflow menu where room is short


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file for a person to keep."""

    name: str
    media_type: str
    content: bytes
    alt: str = ""  #: what a picture shows or a sound says, for who cannot see or hear it


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One idea as it is shown."""

    idea: IdeaId
    number: int
    text: str
    by: Person | None = None  #: the person who wrote it; None: a model did
    note: str = ""  #: where it came from: "a remix of #1 and #2"
    tally: Tally | None = None  #: None: hidden, or nobody has said anything
    controls: tuple[Control, ...] = ()
    media: tuple[File, ...] = ()  #: what the idea is, where it is more than words; names are unique within a card
    at: datetime | None = None  #: aware, when it was made; None where that need not be said
    fresh: bool = False  #: its media were made just now: where a message cannot hold them they are sent beside it, once


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a piece of long work is."""

    doing: str
    done: int = 0
    total: int = 0  #: 0: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Everything a message shows. Rendering it is pure: the same card is the same message."""

    title: str = ""
    text: str = ""  #: paragraphs, separated by blank lines
    lines: tuple[Line, ...] = ()
    progress: Progress | None = None
    footer: str = ""
    controls: tuple[Control, ...] = ()
    files: tuple[File, ...] = ()
    private: bool = False  #: for the eyes of the person who asked only
    thread: bool = False  #: gets a thread of its own where the platform has threads
    again: bool = False  #: it may have been told before: where the first telling cannot be found, it is not told once more
    turns: bool = False  #: a page: shown in place of the message whose control asked for it, where one did
    at: datetime | None = None  #: aware, when it was asked for; None where the platform or nobody need say that
    until: datetime | None = None  #: aware, when what it shows ends: each platform says it in the reader's own time


def lasting(moment: str) -> str:
    """Until when something lasts; `moment` as the platform says it."""
    return _("Until {time}").format(time=moment)


def in_utc(at: datetime) -> str:
    """A moment for where nobody knows the reader's time."""
    return f"{at.astimezone(UTC):%H:%M} UTC"
