"""Written music and how it is made, arranged, drawn and played. It knows no HTTP, no chat and no database; it needs no torch."""
