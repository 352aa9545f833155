"""The `muselab learn --images` command: an image LoRA from the pictures that a team liked."""

from __future__ import annotations

import asyncio
import io
import sys
import tempfile
from pathlib import Path

from bot import wiring
from bot.cli.tuning import BAR, named
from bot.config import Settings
from bot.domain.errors import Misconfigured, Refusal
from bot.domain.ideas import Team
from bot.ports import Store
from bot.words import _
from learning.liked import Picture, pictures
from storage.styles import StyleFolder


async def run(settings: Settings, team: Team | None, *, dry_run: bool, steps: int) -> None:
    """The command.

    Args:
        settings: the host's.
        team: whose style; None: every team's that has liked enough.
        dry_run: only say what there is.
        steps: of training; more follow the pictures more closely.

    Raises:
        Refusal: no image model is named, or the one team asked for has too little.
        Misconfigured: a package is missing.
    """
    if settings.media.image in ("embedded", "none"):
        raise Refusal(_("An image style needs an image model to learn it. Name one with MUSELAB_MEDIA__IMAGE."))
    try:
        await _run(settings, team, dry_run=dry_run, steps=steps)
    except ModuleNotFoundError as error:  # of those that read and train a model, which are imported where they are needed
        raise Misconfigured(
            _("An image style needs a package that is not installed ({package}): pip install 'muselab[image-gpu]'.").format(
                package=error.name
            )
        ) from error


async def _run(settings: Settings, team: Team | None, *, dry_run: bool, steps: int) -> None:
    """See `run`; a package that is missing is a ModuleNotFoundError."""
    from learning.pictures import FEWEST

    async with wiring.opened_store(settings) as store:
        for one in await store.teams() if team is None else [team]:
            liked_pictures = await pictures(store, one)
            print(
                _("{team}: {count} liked pictures may teach a style; {least} are needed.").format(
                    team=named(one), count=len(liked_pictures), least=FEWEST
                )
            )
            if dry_run:
                continue
            if len(liked_pictures) >= FEWEST:
                await _learn(settings, store, one, liked_pictures, steps)
            elif team is not None:
                raise Refusal(
                    _(
                        "Pictures count where the channel agreed to it (/settings --training on) and more people like than "
                        "dislike them."
                    )
                )


async def _learn(settings: Settings, store: Store, team: Team, pictures: list[Picture], steps: int) -> None:
    """Trains in a thread, then puts the style in its place, unless a picture of it was deleted meanwhile."""
    from PIL import Image

    from learning.bases import device_of
    from learning.pictures import Liked, Plan, train

    styles = StyleFolder(wiring.styles_folder(settings))
    shown = Shown(named(team))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "style.safetensors"
        liked = [Liked(picture=Image.open(io.BytesIO(one.content)), words=one.words) for one in pictures]
        device = device_of(settings.learn.device)
        plan = Plan(steps=steps)
        learnt = await asyncio.to_thread(train, settings.media.image, liked, target, plan, device=device, report=shown)
        shown.end()
        if not learnt.after < learnt.before:
            raise Refusal(
                _("{team}: the style was learnt no better than before ({before:.4f} to {after:.4f}) and is thrown away.").format(
                    team=named(team), before=learnt.before, after=learnt.after
                )
            )
        now = [await store.idea(team, one.id) for one in pictures]
        if not all(one is not None and not one.hidden for one in now):
            raise Refusal(_("{team}: a picture was deleted meanwhile; please start again.").format(team=named(team)))
        note = {"base": settings.media.image, "pictures": [one.id for one in pictures], "steps": steps}
        styles.keep(team, target, note | {"before": learnt.before, "after": learnt.after})
    print(
        _(
            "{team}: learnt from {count} pictures in {steps} steps (error {before:.4f} to {after:.4f}). /imagine … --style ours"
        ).format(team=named(team), count=len(pictures), steps=steps, before=learnt.before, after=learnt.after)
    )


class Shown:
    """Progress on stderr: a bar where a person looks on, a line for every tenth elsewhere."""

    def __init__(self, team: str) -> None:
        self.team = team
        self.tenth = -1

    def __call__(self, done: float) -> None:
        """Shows the share that is done."""
        if sys.stderr.isatty():
            full = round(BAR * done)
            print(f"\r\x1b[K{'█' * full}{'░' * (BAR - full)} {done:4.0%}", end="", file=sys.stderr, flush=True)
        elif int(10 * done) != self.tenth:
            self.tenth = int(10 * done)
            print(f"{self.team}: {done:.0%}", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Gives the line back."""
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
