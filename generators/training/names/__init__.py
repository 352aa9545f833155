"""Builds what the naming from old poems knows: words, each with a verse that it stands in."""
