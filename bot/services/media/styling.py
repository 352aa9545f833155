"""A team's own image style: learnt from pictures it liked, asked for by the name `ours`, gone with any of those pictures."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.domain.errors import Refusal
from bot.domain.ideas import IdeaId, Team
from bot.ports import Store, Styles
from bot.words import _

OURS = "ours"  #: the style's name among the other styles

log = structlog.get_logger(__name__)


class Styling:
    """Looks up whether a team has a style of its own, and how the media service finds it."""

    def __init__(self, *, store: Store, styles: Styles, folder: str, image_model: str) -> None:
        """Reads nothing yet.

        Args:
            store: knows which pictures are still there.
            styles: where styles are kept.
            folder: the same folder as the media service sees it.
            image_model: what makes pictures there; a style fits the model it was learnt on.
        """
        self.store = store
        self.styles = styles
        self.folder = folder.rstrip("/")
        self.image_model = image_model

    async def adapter(self, team: Team) -> str:
        """Where the team's style lies for the media service; empty when it has none that may be used."""
        note = self.styles.note(team)
        if note is None:
            return ""
        for id in note["pictures"]:
            one = await self.store.idea(team, IdeaId(id))
            if one is None or one.hidden:
                log.info("an image style is dropped, as a picture of it was deleted", platform=team.platform)
                self.styles.drop(team)
                return ""
        return f"{self.folder}/{self.styles.name(team)}" if note["base"] == self.image_model else ""

    async def dressed(self, team: Team, options: Mapping[str, str], *, asked: bool) -> dict[str, str]:
        """Options with the style `ours` in the engine's words.

        Args:
            team: whose style.
            options: of one commission.
            asked: somebody asked for the style, so that its absence is worth a word.

        Raises:
            Refusal: there is no such style.
        """
        if options.get("style") != OURS:
            return dict(options)
        adapter = await self.adapter(team)
        if not adapter and asked:
            raise Refusal(
                _(
                    "This team has no image style of its own. Whoever hosts Muselab makes one from liked pictures, where there "
                    "is an image model: muselab learn --images"
                )
            )
        rest = {name: value for name, value in options.items() if name != "style"}
        return rest | ({"adapter": adapter} if adapter else {})
