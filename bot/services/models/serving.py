"""Says which model makes the ideas now, and where it runs."""

from __future__ import annotations

from bot import choice
from bot.config import Settings
from bot.ports import Generator
from bot.words import _

SCRIPTED = "scripted"  #: what stands in for a model where the settings say so
INCLUDED = "SmolLM2-135M-Instruct"  #: what the model that is included is called by its makers


async def serving(generator: Generator, settings: Settings) -> str:
    """The model by name, and whether it runs here, in a sentence or two."""
    health = await generator.health()
    if settings.generator.scripted or health.model == SCRIPTED:
        return _("Ideas are made by no model here: they are fixed drafts, to try everything else with.")
    if settings.included:
        sentence = _(
            "Ideas are made by {model}, a small open model that learned more here and runs on Muselab's own machine; many, and "
            "those in Chinese, come out of an idea bank that was written for Muselab."
        )
        return sentence.format(model=INCLUDED)
    named = health.model or settings.generator.model or choice.chosen(settings.home).now or settings.service.model
    if settings.generator.url:
        return _("Ideas are made by {model}, in a service that whoever hosts Muselab has chosen.").format(model=named)
    return _("Ideas are made by {model}. It runs on Muselab's own machine.").format(model=named)


def languages(settings: Settings, made_by: str) -> str:
    """In which languages ideas can be had, to whoever asks for one; `made_by`: see `serving`."""
    if settings.included:
        return _(
            "Nothing is translated here. The model that comes with Muselab writes ideas in English; for topics in Chinese they "
            "come out of an idea bank. Another model knows more languages: whoever hosts Muselab sees some with “muselab model”."
        )
    sentence = _(
        "Nothing is translated here, but new ideas may be in any language that the model knows: write the topic in it, "
        'or --style "in Spanish" behind the topic. {made_by} Whoever hosts Muselab sees other models with “muselab model”.'
    )
    return sentence.format(made_by=made_by)
