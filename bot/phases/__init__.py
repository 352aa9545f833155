"""One file per phase of a round.

A phase module's door:

- `LABEL`: what it is called, marked with `N_`.
- `SAYS`: what people do in it, marked with `N_`.

And what it is like: `TAKES = True` when people and the model write ideas in it, `HIDES = True` when what was written stays hidden
while it lasts, `LISTS = True` when the round's ideas are shown, `BEST_FIRST = True` in the order of what people said of them
(otherwise by number), `BLIND = True` when tallies stay hidden, `VERBS`: which of the controls beside an idea it shows,
`PAIRS = True` when pairs of ideas that say the same are offered for merging (a round passes over such a phase where there are
none, and does not count it), `DUELS = True` when /duel is about the round's ideas alone, `THREAD = True` when people talk, in a
thread where there are threads, and `controls(round) -> tuple[Control, ...]`: what can be pressed under it.
"""
