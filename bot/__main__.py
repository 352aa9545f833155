"""The command line: `muselab run`, `serve`, `learn`, `brainstorm`, `board`, `export`, `migrate`, `doctor` and others.

What a command works with is imported as it begins: the generation service starts here too, and needs no database and no chat.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Optional, TypeVar

import typer

from bot import tracing
from bot.cli import accounting, keeping, models, packages, platforms, stopping
from bot.domain.errors import Misconfigured
from bot.logs import log_to
from bot.presence import present
from bot.reading import chat_names, read
from bot.services.ideas.formats import FORMATS
from bot.starting import begun
from bot.tutor import tie
from bot.words import _

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A brainstorming partner for Discord, Slack and the terminal, on your own machine.",
)


def _version(asked: bool) -> None:
    """Prints what runs here, and ends."""
    if asked:
        from bot import machine

        print("\n".join(machine.lines()))
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Say which Muselab, Python, CPU and engine run here."),
    ] = False,
) -> None:
    pass


ChannelOption = Annotated[
    str,
    typer.Option(
        "--channel", "-c", help="Which channel: PLATFORM:TEAM:CHANNEL, such as discord:8123:9456. Default: the terminal's."
    ),
]


@app.command(epilog="Examples:  muselab run   ·   muselab run --chat terminal   ·   muselab run --chat discord --chat slack")
def run(
    chat: Annotated[
        Optional[list[str]],  # noqa: UP045 - typer reads this at run time
        typer.Option(
            "--chat", help="A chat to serve; again for several. Default: those whose tokens are set, else the terminal."
        ),
    ] = None,
) -> None:
    """Serve people: in the chats whose tokens are set, or right here in the terminal."""
    settings = read(**({"chats": tuple(chat)} if chat else {}))
    names = chat_names(settings)
    log_to(settings, quiet="terminal" in names)
    if settings.monitor.traces:
        tracing.begin("muselab-bot")
    from bot.cli import serving

    with present(settings.home):
        block(serving.run(settings, names))


@app.command(epilog="Example:  MUSELAB_WEB__PORT=8060 muselab web")
def web() -> None:
    """Serve the board in the browser alone, beside bots that use the same database. `muselab run` serves it, too."""
    settings = read()
    log_to(settings, quiet=False)
    if not settings.web.port:
        raise Misconfigured(_("There is no port for the page. Set MUSELAB_WEB__PORT, here and for the bots that hand out links."))
    from bot.cli import serving

    block(serving.run(settings, ()))


@app.command(
    epilog="Examples:  muselab serve --port 8100   ·   muselab serve --model Qwen/Qwen3-4B --device cuda   ·   "
    "then MUSELAB_GENERATOR__URL=http://gpu:8100/v1 muselab run"
)
def serve(
    host: Annotated[Optional[str], typer.Option(help="Address to listen on.")] = None,  # noqa: UP045
    port: Annotated[Optional[int], typer.Option(min=0, max=65535, help="Port; 0: any free one.")] = None,  # noqa: UP045
    model: Annotated[str | None, typer.Option(help="“embedded”, a Hugging Face name, a folder; “none”: media only.")] = None,
    device: Annotated[Optional[str], typer.Option(help="“auto”, “cpu”, “cuda”, “mps”.")] = None,  # noqa: UP045
) -> None:
    """Run the generation service: the OpenAI API over a model on this machine's GPU or CPU."""
    settings, options = read(), {"host": host, "port": port, "model": model, "device": device}
    from generators.service import serve_settings

    serve_settings(settings, {name: value for name, value in options.items() if value is not None})


@app.command(
    epilog="Examples:  muselab brainstorm names for a tea bar   ·   muselab brainstorm -n 8 --style playful team offsite --json"
)
def brainstorm(
    topic: Annotated[list[str], typer.Argument(help="What you need ideas for.", show_default=False)],
    count: Annotated[Optional[int], typer.Option("--count", "-n", help="How many ideas, 1 to 10.")] = None,  # noqa: UP045
    style: Annotated[Optional[str], typer.Option("--style", "-s", help="A style or persona.")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of lines.")] = False,
    channel: ChannelOption = "",
) -> None:
    """Ideas for a topic, kept on the board of the channel."""
    settings = read()
    log_to(settings, quiet=True)
    from bot.cli import oneshot

    block(oneshot.brainstorm(settings, " ".join(topic), count, style, as_json, oneshot.place(channel, settings)))


@app.command(epilog="Examples:  muselab board   ·   muselab board --json   ·   muselab board -c discord:8123:9456")
def board(
    channel: ChannelOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """A channel's ideas, best first."""
    settings = read()
    log_to(settings, quiet=True)
    from bot.cli import oneshot

    block(oneshot.board(settings, oneshot.place(channel, settings), as_json))


@app.command(epilog="Examples:  muselab export > board.md   ·   muselab export --format csv --output board.csv")
def export(
    channel: ChannelOption = "",
    format: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            help=f"One of {', '.join(FORMATS)}; log: all that was said; trl, training: what votes teach.",
        ),
    ] = "markdown",
    output: Annotated[Optional[Path], typer.Option("--output", "-o", help="A file; default: print it.")] = None,  # noqa: UP045
) -> None:
    """A channel's board as a file."""
    settings = read()
    log_to(settings, quiet=True)
    from bot.cli import oneshot

    block(oneshot.export(settings, oneshot.place(channel, settings), format, output))


@app.command(
    epilog="Examples:  muselab learn --dry-run   ·   muselab learn --watch   ·   muselab learn --images --team discord:8123"
)
def learn(
    team: Annotated[str, typer.Option("--team", "-t", help="Whose model: PLATFORM:TEAM. Default: every team's.")] = "",
    now: Annotated[bool, typer.Option("--now", help="Tune with what there is; the judge stays as strict.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is to learn, and what is needed.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and tune whenever a team's votes are enough.")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="End the running tuning; what is served stays.")] = False,
    images: Annotated[bool, typer.Option("--images", help="Learn an image style from liked pictures instead.")] = False,
    steps: Annotated[int, typer.Option("--steps", min=1, max=20_000, help="Of learning an image style.")] = 400,
    tied: Annotated[bool, typer.Option("--tied", hidden=True, help="End when standard input ends.")] = False,
) -> None:
    """Tune a team's model on its votes, judge it, and hand it over to be tried."""
    settings = read()
    log_to(settings, quiet=not watch)
    from bot.cli import tuning

    if tied:
        tie()
    whose = None if not team else tuning.team(team)
    if images:
        from bot.cli import image_style

        block(image_style.run(settings, whose, dry_run=dry_run, steps=steps))
        return
    block(tuning.run(settings, whose, now=now, dry_run=dry_run, watch=watch, cancel=cancel))


@app.command(epilog="Example:  muselab forget slack:T0123456789")
def forget(
    team: Annotated[str, typer.Argument(help="Platform and team: discord:SERVER or slack:WORKSPACE.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete everything that is kept of one team, for good: ideas, votes, files, tuned models, settings, tokens."""
    from bot.cli import oneshot

    settings = read()
    log_to(settings, quiet=True)
    block(oneshot.forget(settings, team, sure=yes))


@app.command(epilog="Example:  muselab doctor")
def doctor() -> None:
    """Say what works, what is missing, and how to get it."""
    from bot.cli.doctor import examine

    settings = read()
    log_to(settings, quiet=True, keep=False)
    findings = block(examine(settings))
    for finding in findings:
        print(f"{ {True: '✓', False: '✗', None: '–'}[finding.ok] } {finding.what}: {finding.say}")
    raise typer.Exit(int(any(finding.ok is False for finding in findings)))


def block(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end; SIGTERM ends it as politely as Ctrl-C."""

    async def stoppable() -> T:
        task = asyncio.ensure_future(work)
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await task

    try:
        return asyncio.run(stoppable())
    except asyncio.CancelledError:
        sys.exit(128 + signal.SIGTERM)


keeping.register(app, block)
models.register(app, block)
packages.register(app)
platforms.register(app, block)
stopping.register(app)
accounting.register(app, block)


def main() -> None:
    """The door of the `muselab` command."""
    with begun():
        app()


if __name__ == "__main__":
    main()
