"""Makes pictures, tunes and voices anew as somebody says of them, and first ones for "it"; see `changes` for what can be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.errors import Refusal
from bot.domain.ideas import Brainstorm, Idea, Prompt
from bot.domain.names import plain
from bot.messages import Call, Card
from bot.ports import Reply
from bot.services.chinese import HAN
from bot.services.ideas.answering import Answering
from bot.services.media.changes import Change
from bot.services.media.depicted import Parts, staying
from bot.services.media.making import Making
from bot.services.media.ordered import altered, begun, without
from bot.services.media.worded import worded
from bot.services.talk.adding import subject_of
from bot.services.talk.deeds import Deed
from bot.services.talk.heard import HEARD, INSTEAD
from bot.words import N_, _

#: What is said where a line asks for something that nobody can do here.
CANNOT = {
    "letters": N_(
        "Letters on a picture are as large as the words allow, and their kind cannot be told. Fewer words get larger letters; "
        "“without text” leaves them out."
    ),
    "volume": N_("All tunes are equally loud; how loud you hear them is set where you play them."),
    "lyrics": N_("Tunes made here have no words. /say reads an idea aloud, and /pitch puts voice, tune and picture together."),
}
#: What can be said of a work, by modality.
SAYABLE = {
    "image": N_(
        "Of a picture you can say its colours, its style, its kind and its shape: “make it purple”, “as watercolour”, "
        "“as a poster”, “square”, “without text”, “another one”. A picture of something else: /imagine and what it is of."
    ),
    "music": N_(
        "Of a tune you can say its pace, mood, instrument, kind and length: “slower”, “sadder”, “with piano”, “as a waltz”, "
        "“longer”, “another one”. A tune for something else: /compose and what it is for."
    ),
    "speech": N_(
        "Of a voice you can say its pace and whose it is: “slower”, “a woman's voice”. Other words: /say and the words."
    ),
}
NOTHING = N_("Of what? Name an idea by its number, write some words, or attach a file.")
COUNTS = {"image": 3, "music": 1, "speech": 1}  #: works of a first order, as the commands make


class Altering:
    """Orders works anew."""

    def __init__(self, *, answering: Answering, making: Making) -> None:
        self.answering = answering
        self.making = making

    async def serve(
        self, call: Call, prompt: Prompt, brainstorm: Brainstorm, works: Sequence[Idea], change: Change, reply: Reply
    ) -> None:
        """Makes what stands there anew, with a change.

        Args:
            call: who says it, where.
            prompt: what the works answer.
            brainstorm: their commission.
            works: as they are shown.
            change: what was said; `work` names none that is not there.
            reply: where the new ones are shown.

        Raises:
            Refusal: it cannot be done; the message says what can.
        """
        if change.cannot:
            raise Refusal(_(CANNOT[change.cannot]))
        one = works[change.work - 1 if change.work is not None and change.work > 0 else -1] if change.work else None
        meant = one if one is not None else works[0] if len(works) == 1 else None
        traits = dict(meant.traits) if meant is not None else _shared(works)
        order = altered(prompt, change, seed=brainstorm.seed, traits=traits, one=one is not None and len(works) > 1)
        await self.again(call, order, brainstorm, reply)

    async def of_parts(
        self, call: Call, prompt: Prompt, brainstorm: Brainstorm, works: Sequence[Idea], said: Parts, reply: Reply
    ) -> None:
        """Does what a line says of all of a picture, and says of its parts what can be done in place of that.

        Raises:
            Refusal: it speaks of parts alone.
        """
        if said.gone:
            await self.again(call, without(prompt, said.gone, brainstorm.seed), brainstorm, reply)
            return
        between = "，" if HAN.search(said.thing) else " with "
        whole = f"{prompt.text}{between}{said.thing}" if said.thing else ""
        shown = f"{said.thing} {said.place}" if said.place else whole
        if said.whole is None:
            raise Refusal(staying(shown))
        await self.serve(call, prompt, brainstorm, works, said.whole, reply)
        await reply.tell(Card(text=staying(shown), private=True))

    async def again(self, call: Call, order: Prompt, brainstorm: Brainstorm | None, reply: Reply) -> None:
        """Commissions an order with the files and parents of the one before."""
        files = await self.making.files(call.channel.team, brainstorm.id) if brainstorm is not None else ()
        parents = brainstorm.parents if brainstorm is not None else ()
        await self.answering.make(call.channel, call.person, order, reply, parents=parents, files=files)

    async def of_it(self, call: Call, prompt: Prompt, ideas: Sequence[Idea], asked: Deed, reply: Reply) -> None:
        """The first work of what stands there: of the one idea, else of what the ideas are for.

        Raises:
            Refusal: several ideas stand there, and reading "it" aloud says nothing.
        """
        one = ideas[0] if len(ideas) == 1 and ideas[0].modality == "text" else None
        if asked.modality == "speech" and one is None and prompt.modality == "text":
            raise Refusal(_(NOTHING))
        options, words = begun(asked.how) if asked.how is not None else ({}, ())
        heard = " ".join(options)
        options |= {"layout": asked.layout} if asked.layout else {}
        if self.making.drawn and asked.modality == "image":
            options |= {INSTEAD: asked.said} if asked.said else {HEARD: heard} if heard else {}
        subject = plain(one.text) if one is not None else subject_of(prompt.text)
        if asked.scene and asked.modality != "image":
            words = (*words, asked.scene)
        elif asked.scene:
            seen = worded(f"{subject} {asked.scene}")
            subject, options = seen.text, dict(seen.options) | options
        order = Prompt(
            text=", ".join((subject, *words)),
            count=COUNTS[asked.modality],
            modality=asked.modality,
            options=tuple(sorted(options.items())),
        )
        parents = (one.id,) if one is not None else ()
        await self.answering.make(call.channel, call.person, order, reply, parents=parents)


def _shared(works: Sequence[Idea]) -> Mapping[str, str]:
    """The traits that all works have alike."""
    several = [dict(work.traits) for work in works]
    return {
        name: value for name, value in (several[0] if several else {}).items() if all(one.get(name) == value for one in several)
    }


def same_again(prompt: Prompt, count: int | None, *words: str) -> Prompt:
    """The same order once more, in a new series, with words for what no option names."""
    order = altered(prompt, Change(again=True), seed=0, traits={}, one=False)
    return replace(order, text=", ".join((prompt.text, *filter(None, words))), count=count or prompt.count)
