"""One file per way of giving feedback.

A signal module's door:

- `HELP`: one line, marked with `N_`.
- `TOKENS`: what can be said, as typed (`up`, `4`); shown as completions.
- `EMOJI`: native emoji that say it, each with its token.
- `value(token) -> float`: -1..+1, 0 withdraws; raises `InvalidFeedback` for a token that says nothing.
- `EXAMPLES`: lines that somebody may type, marked with `N_` where they hold words.
- `said(token, text) -> str`: the confirmation a person reads.
- `controls(idea, tally) -> tuple[Control, ...]`: what to press beside an idea; may be empty.

And where it applies: `WORDS`, other words for a token, as typed in any language; `form(services, key, idea) -> Form` for controls
that ask for text, `token_of(press)` where the token is read out of that form, and `act(services, press, idea) -> Idea | None` for
what else happens.
"""
