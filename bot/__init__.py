"""The core: what Muselab does, whatever chats, models and databases it does it with."""

__product__ = "muselab"
