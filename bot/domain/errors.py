"""What can go wrong, in two families by who can fix it: the person who asked, or us.

A class's docstring is its default message. Messages are translated when they are raised, in the language of
the call being served (see `bot.words`).
"""

from __future__ import annotations

from bot.words import _


class MuselabError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message if message is not None else _((type(self).__doc__ or "").strip().splitlines()[0]))


class Refusal(MuselabError):
    """This request cannot be served as asked."""


class InvalidPrompt(Refusal):
    """This topic cannot be used."""


class WrongLanguage(Refusal):
    """The model does not know this language."""

    again = ""  #: what does not work and what does, in short, for who read it a while ago; empty: the message
    topics: tuple[str, ...] = ()  #: what can be asked instead, as the message names it


class InvalidFeedback(Refusal):
    """This vote cannot be recorded."""


class InvalidTimes(Refusal):
    """These times cannot be used."""


class UnknownIdea(Refusal):
    """There is no such idea in this channel. Use the number shown beside an idea, or look at the board."""


class UnknownCommand(Refusal):
    """There is no such command. Try /help."""


class NotAllowed(Refusal):
    """You are not allowed to do that here."""


class TooMany(Refusal):
    """Too many requests at once. Please wait a little."""


class Stopped(Refusal):
    """Stopped. What was made before that stays."""


class Misconfigured(Refusal):
    """The configuration cannot be used as it is."""


class Outage(MuselabError):
    """A part of Muselab is unavailable right now. Please try again in a moment."""


class Elsewhere(Outage):
    """Another process serves that chat."""


class GeneratorDown(Outage):
    """The idea generator is not answering right now. Please try again in a moment."""


class TookTooLong(GeneratorDown):
    """The ideas took too long. Please try again, with fewer ideas or later."""


class NothingCame(GeneratorDown):
    """The idea generator made no text this time. Please try again in a moment; whoever hosts Muselab finds more in its log."""


class StoreDown(Outage):
    """The database is not answering right now. Please try again in a moment."""


class StoreAway(StoreDown):
    """The database is not answering right now. Please try again in a moment."""


class TakenOver(Outage):
    """Another process goes on with this."""


class BrokenWeights(Outage):
    """The weights of this version of the model are missing or damaged. The base model goes on without them."""
