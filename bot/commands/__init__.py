"""One file per command.

A command module's door:

- `HELP`: one line, marked with `N_`.
- `PARAMS`: a tuple of `bot.messages.Param`.
- `run(services, call, reply)`: serves a `Call`; refuses by raising `Refusal`.

And where it applies: `PRIVATE = True` when only the person who asks sees the answer, `REDRAWS = "idea"` when the message that
shows its idea looks different afterwards, `on_idea(idea)` and `on_brainstorm(brainstorm)` for the controls it puts there,
`from_press(press) -> args` for what pressing them means, `form(services, key, idea) -> Form` for those that ask for text, and
`said(rest) -> bool` where a command takes free text: whether a line without a slash is this command, and not a topic that only
begins with its name. `EXAMPLES` are lines that somebody may type, marked with `N_` where they hold words; /help shows them.
"""
