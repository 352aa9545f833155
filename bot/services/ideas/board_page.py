"""A board as one web page: small pictures beside the words, nothing from elsewhere, no script."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence

from bot.services.ideas.standing import Standing, facts, shared
from bot.words import _, language

STYLE = (
    "body{font:17px/1.45 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "ol{padding-left:2.2rem}li{margin:.6rem 0;display:list-item}img{display:block;max-width:320px;height:auto;margin:.4rem 0;"
    "border-radius:6px}small{color:#555}"
)


def as_html(standings: Sequence[Standing], thumbnails: Mapping[str, bytes]) -> str:
    """The page.

    Args:
        standings: the board, best first.
        thumbnails: small JPEGs by the idea whose work they show.
    """
    title, common = html.escape(_("Board")), shared(standings)
    lines = ((standing.idea.number, item(standing, thumbnails.get(standing.idea.id), common)) for standing in standings)
    above = f"<p><small>{html.escape(_('All of these: {facts}').format(facts=' · '.join(common)))}</small></p>" if common else ""
    items = "".join(f'<li id="i{number}">{line}</li>' for number, line in lines)
    return (
        f'<!doctype html><html lang="{language().replace("_", "-")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>{above}<ol>{items}</ol></body></html>"
    )


def item(standing: Standing, thumbnail: bytes | None, common: Sequence[str]) -> str:
    """One idea: its picture where it has one, its words, what people said, and what is not common to all of the page."""
    idea, tally = standing.idea, standing.tally
    words = "<br>".join(map(html.escape, idea.text.split(" / ")))  # a poem's lines
    votes = f"👍 {tally.ups} 👎 {tally.downs}" + (" ✅" if tally.picked else "")
    seen = ""
    if thumbnail is not None:
        seen = f'<img alt="{html.escape(idea.text)}" src="data:image/jpeg;base64,{base64.b64encode(thumbnail).decode()}">'
    more = "".join(f" · {linked(html.escape(fact), standing)}" for fact in facts(standing) if fact not in common)
    return f"{seen}{words} <small>#{idea.number} · {votes}{more}</small>"


def linked(fact: str, standing: Standing) -> str:
    """A fact that names what an idea was made of as a link to the first of that."""
    said = " ".join(f"#{number}" for number in standing.made_of)
    return f'<a href="#i{standing.made_of[0]}">{fact}</a>' if said and fact.endswith(said) else fact
