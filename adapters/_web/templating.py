"""The page's templates. Whatever a person or a model wrote is escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from adapters._web.wording import sentences
from bot.messages import Control, in_utc, lasting
from bot.ports import Medium
from bot.words import _, language

HERE = Path(__file__).parent
STATIC = HERE / "static"
KINDS = {".css": "text/css", ".js": "text/javascript"}
#: What a page may show itself. Anything else is handed out to be kept: a drawing in SVG may hold a script.
SEEN = {"image/png": "image", "image/jpeg": "image", "image/webp": "image", "image/gif": "image"}
HEARD = ("audio/", "video/")
FIRST = ("vote", "pick")  # what stands beside an idea; everything else is in its menu

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def kind_of(medium: Medium) -> str:
    """How a file is shown: "image", "audio", "video", or "file" to be kept."""
    if medium.media_type in SEEN:
        return "image"
    return next((name.rstrip("/") for name in HEARD if medium.media_type.startswith(name)), "file")


def named(control: Control) -> str:
    """What a control is called for who cannot see its emoji."""
    return control.label if any(char.isalpha() for char in control.label) else f"{said(control)} {control.label}".strip()


def said(control: Control) -> str:
    """An emoji in words; an unknown one as it is."""
    return {"👍": _("Like"), "👎": _("Dislike"), "⭐": _("Stars"), "✅": _("Pick"), "🏆": _("Pick")}.get(
        control.emoji, control.emoji or control.label
    )


@cache
def files() -> dict[str, tuple[str, str]]:
    """The page's own files, by name: what they are, and their text."""
    return {file.name: (KINDS[file.suffix], file.read_text(encoding="utf-8")) for file in sorted(STATIC.iterdir())}


@cache
def edition() -> str:
    """Stands in the address of the page's own files, so that browsers keep them until one of them changes."""
    texts = "\0".join(f"{name}\0{text}" for name, (_kind, text) in files().items())
    return hashlib.sha256(texts.encode()).hexdigest()[:12]


@cache
def _spoken(locale: str) -> dict[str, str]:
    """The page's sentences in the language being spoken, which `locale` names; looked up once."""
    return sentences()


def safe(html: str) -> Markup:
    """What a template has drawn and escaped already."""
    return Markup(html)  # noqa: S704 - of our own templates only


_environment.globals.update(kind_of=kind_of, named=named, first=FIRST, lasting=lasting, in_utc=in_utc)


def part(name: str, **values: Any) -> str:
    """A template, filled in, in the language being spoken."""
    return str(_environment.get_template(f"{name}.html").render(t=_spoken(language()), edition=edition(), **values))
