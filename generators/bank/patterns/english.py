"""What an English topic for a plot or a title is about."""

from __future__ import annotations

from generators.bank.patterns import plots, titles
from generators.bank.patterns.asked import Asked
from generators.bank.patterns.sentence import FORMATS, STORY, TITLE, first, whole

NO_STORY, NO_TITLE, NAMING = whole("no_story"), whole("no_title"), whole("named")
TITLED = frozenset(["podcast", "memoir", "course", "talk", "video", "article", "exhibition", "song"])


def asked(topic: str) -> Asked | None:
    """What a topic gives; None: it asks for neither, or says nothing that patterns could hold."""
    text = " ".join(topic.replace("’", "'").split()).strip(" .?!")
    text = text.lower() if text.isupper() else text
    if TITLE.search(text) or (NAMING.search(text) and first(text, FORMATS) in TITLED):
        found = None if NO_TITLE.search(text) else titles.read(text)
    else:
        found = plots.read(text) if STORY.search(text) and not NO_STORY.search(text) else None
    return found if found is not None and found.slots else None


def kind(topic: str) -> str:
    """Stories or titles, where a topic asks for them by words that say so; else empty."""
    if TITLE.search(topic):
        return "" if NO_TITLE.search(topic) else "titles"
    return "stories" if STORY.search(topic) and not NO_STORY.search(topic) else ""
