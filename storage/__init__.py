"""Everything that is kept, behind the `Store` port of `bot.ports`; `storage.urls.build(url)` is its door."""

__product__ = "muselab"
