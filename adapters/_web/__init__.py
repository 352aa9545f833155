"""The board in the browser: another way in for the people of the chats, on the same desk.

It is no chat of its own: who comes in is the person of the chat in which they asked for a link, and what they do there is
told in that chat too.
"""

from __future__ import annotations

from adapters._web.server import paged

__all__ = ["paged"]
