"""How a model that was taught to answer topics is asked: in the form of its lessons, with the person's own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.ideas import Prompt
from bot.services.ideas.filtering import REFUSING
from generators.client.cookbook import Recipe, Way

#: The form that `generators.training.taught` shows it: an example a paragraph, the idea on a line of its own.
LINE = "Topic: {asked}\nIdea: {idea}"
NEUTRAL = "Topic: anything\nIdea:"
#: What it goes on with behind a topic and an idea that is worth a look; where it is not, `OTHER`.
VERDICT, GOOD, OTHER = "\nGood:", " yes", " no"
OPERATIONS = ("fresh", "more")  # what it was taught; all else is asked of it as of any small model


def ways(prompt: Prompt, recipe: Recipe, usual: Sequence[Way], *, formed: bool) -> Sequence[Way]:
    """The ways to ask a taught model for what a prompt wants; the usual ones where it was taught nothing of the kind.

    Args:
        prompt: what is asked for.
        recipe: its own.
        usual: the ways to ask other small models for it.
        formed: there are words near to the topic; forms that only need these stand beside what the model writes, so far as the
            recipe wants them.
    """
    if recipe.own or not judged(prompt, recipe):
        return usual
    own = Way(line=LINE, neutral=NEUTRAL, temperature=recipe.heat, min_p=recipe.bar, max_tokens=recipe.longest)
    forms = [way for way in recipe.ways["fresh"] if way.forms and formed and recipe.formed and prompt.operation == "fresh"]
    beside = [replace(way, line=LINE, neutral=NEUTRAL, shots=(), share=recipe.formed / len(forms)) for way in forms]
    return (own, *beside)


def judged(prompt: Prompt, recipe: Recipe) -> str:
    """The topic by which it judges what it writes for a prompt; empty where it was not taught to judge such."""
    judges = recipe.asked and prompt.operation in OPERATIONS and prompt.language == "en" and not prompt.option("picture")
    return asked(prompt, recipe) if judges else ""


def verdict(topic: str, idea: str) -> tuple[str, str]:
    """The words behind which the model says whether an idea is worth a look, and those that say so."""
    return LINE.replace("{asked}", topic).replace("{idea}", idea) + VERDICT, GOOD


def asked(prompt: Prompt, recipe: Recipe) -> str:
    """Topic and manner as a lesson has them: what the person typed; where they named the kind apart, a topic that names it.

    What is to be left out is not told: to a small model its word is one more of the topic's. After "no food" four of five ideas
    are food, and what is drawn all the same is dropped where ideas are judged.
    """
    topic = " ".join(prompt.text.split()).strip(" .!?:")
    if prompt.kind and not any(pattern.search(topic.replace("'", "’")) for pattern in recipe.patterns):
        topic = recipe.asked.replace("{subject}", topic)
    if topic[1:2].islower():  # "Names for …" as a sentence begins, not "AI for …"
        topic = topic[0].lower() + topic[1:]
    audience = prompt.option("audience")
    brief = "short" if prompt.option("words") else ""
    style = ", ".join(wish for wish in prompt.style.split(", ") if not REFUSING.match(wish))
    manners = (style, prompt.tone, brief, audience if audience.startswith("for ") or not audience else f"for {audience}")
    return ", ".join(" ".join(one.split()) for one in (topic, *manners) if one)
