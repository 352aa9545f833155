"""Draws what open pages are sent while something changes; the `Artist` of `live`."""

from __future__ import annotations

from adapters._web import sessions
from adapters._web.boards import Difference
from adapters._web.drawing import Drawing
from adapters._web.live import Looks, event_of
from adapters._web.sessions import Session
from bot.services.bundle import Services
from bot.words import speaking


class PageArtist:
    """Draws for one language and one kind of right at a time."""

    def __init__(self, services: Services, drawing: Drawing) -> None:
        self.services = services
        self.drawing = drawing

    async def board(self, looks: Looks, found: Difference) -> bytes:
        """See `live.Artist`."""
        with speaking(looks.locale):
            return event_of("board", await self.drawing.missing(found, writes=looks.writes))

    async def round(self, looks: Looks, session: Session) -> bytes:
        """See `live.Artist`."""
        with speaking(looks.locale):
            seen = sessions.readable(session, writes=looks.writes)
            if looks.view == "board":
                return event_of("round", {"banner": sessions.banner(self.services, seen)})
            if seen is None:
                return event_of("round", {"at": "", "html": sessions.opening(self.services, writes=False)})
            html = await sessions.part(self.services, session, writes=looks.writes)
            return event_of("round", {"at": session.at, "html": html})
