"""One file per ranker. A ranker module's door is `build() -> Ranker`."""
