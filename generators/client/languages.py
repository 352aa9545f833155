"""Which prompts are in a language that a model may not read, and what is said where it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.errors import Refusal, WrongLanguage
from bot.domain.ideas import Prompt
from bot.words import _, in_quotes

FOREIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Chinese, Japanese, Korean
FOREIGN_WORDS = re.compile(rf"{FOREIGN.pattern}+")


def foreign(prompt: Prompt) -> bool:
    """Whether ideas are asked for in Chinese, or about words of a language that a model may not read."""
    return prompt.language == "zh" or FOREIGN.search(prompt.text) is not None


def all_shown() -> Refusal:
    """What is said where the idea bank had ideas for a topic, and all of them were shown."""
    return Refusal(
        _(
            "The idea bank has no ideas for this that were not shown already. Say what matters to you in other words, or ask for "
            "something near to it; /board shows what there is."
        )
    )


def english_only(prompt: Prompt, beside: Sequence[str] = ()) -> WrongLanguage:
    """What is said where a model that knows English only is asked for ideas in another language, or about a word of one.

    Args:
        prompt: what was asked.
        beside: topics that the idea bank has ideas for, where it has none for this one.
    """
    if prompt.language != "zh" and (words := FOREIGN_WORDS.findall(prompt.text)):
        sentence = _("The model in use understands English only. Please write “{words}” in English, too.")
        return WrongLanguage(sentence.format(words=" ".join(words)))
    near = " ".join(in_quotes(topic) for topic in beside)
    if near:
        sentence = _(
            "The idea bank that comes with Muselab has ideas for topics near to this one: {topics}. Send one of them, or try "
            "other words, or English: the small model in use knows English only. Whoever hosts Muselab can choose a model that "
            "knows Chinese, in a shell on that machine: “muselab model use Qwen2.5-0.5B-Instruct”."
        )
        again = _("The idea bank has ideas for topics near to this one: {topics}. Send one of them, or try other words.")
        refusal = WrongLanguage(sentence.format(topics=near))
        refusal.again = again.format(topics=near)
        refusal.topics = tuple(beside)
        return refusal
    refusal = WrongLanguage(
        _(
            "There is nothing for this in the idea bank that comes with Muselab, and the small model in use understands English "
            "only. Please try other words, or English. Names, poems, pictures and tunes can be had in Chinese, too: “/name a tea "
            "house”, “/poem autumn rain”, “/imagine a fox in the snow”, “/compose a rainy afternoon”. Whoever hosts Muselab can "
            "choose a model that knows Chinese, in a shell on that machine: “muselab model use Qwen2.5-0.5B-Instruct”."
        )
    )
    refusal.again = _(
        "The idea bank has nothing for this; please try other words, or English. Names, poems, pictures and tunes are made of "
        "any words: “/name a tea house”, “/poem autumn rain”, “/compose a rainy afternoon”."
    )
    return refusal
