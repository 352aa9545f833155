"""A local Discord for tests: REST, gateway and CDN that speak the real protocol and judge everything said to them.

`FakeDiscord` is honest to any client: it refuses what Discord refuses, and what breaks the official specifications or a
published limit is recorded, so that `assert fake.violations == []` means something.
"""

from tests.fakes.discord.rest import CUT
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.talk import Asked, Message
from tests.fakes.discord.world import Guild, Room, User

__all__ = ["CUT", "Asked", "FakeDiscord", "Guild", "Message", "Room", "User"]
