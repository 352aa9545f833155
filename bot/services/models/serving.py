"""Says which model makes the ideas now, and where it runs."""

from __future__ import annotations

from bot.config import Settings
from bot.ports import Generator
from bot.words import _

SCRIPTED = "scripted"  #: what stands in for a model where the settings say so


async def serving(generator: Generator, settings: Settings) -> str:
    """The model by name, in a sentence; where it is not known yet, that."""
    health = await generator.health()
    if settings.generator.scripted or health.model == SCRIPTED:
        return _("No model makes the ideas here: they are fixed drafts, to try everything else with.")
    if not health.model:
        return _("The model that makes the ideas is not ready yet: {doing}.").format(doing=health.doing.rstrip(". "))
    if settings.generator.url:
        return _("Ideas are made by the language model {model}, in a service that whoever hosts Muselab has named.").format(
            model=health.model
        )
    return _("Ideas are made by the language model {model}, which runs on the same machine as Muselab.").format(
        model=health.model
    )
