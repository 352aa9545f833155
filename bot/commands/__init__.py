"""One file per command.

A command module's door:

- `HELP`: one line, marked with `N_`.
- `PARAMS`: a tuple of `bot.messages.Param`.
- `run(services, call, reply)`: serves a `Call`; refuses by raising `Refusal`.

And where it applies: `from_press(press) -> args` for buttons whose verb is this command, and
`form(services, press) -> Form` for its controls that ask for text.
"""
