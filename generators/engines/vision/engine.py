"""A picture in words: what it shows, what is written on it, its colours; and a sentence of that for a prompt.

Embedded: a small classifier, words near to its labels in meaning, PP-OCR, the palette; it says nothing that it is not sure of.
Production: any image-text-to-text model of transformers by name or folder.

Facts: `label`, `sure` (0..1), `words`, `text`, `notes` (of sticky notes each one), `columns` (JSON: a heading, or "", and the
texts of the notes or lines under it, for each column), `unread` (lines in no known script; with `notes` below: notes
whose words were not made out, each an empty text in `columns`, cut out in the work's files in that order),
`colours` (#rrggbb …), `colour_names`, `sentence`, `width`, `height`; words, texts, notes are joined by `, ` and ` / `. Options:
`prompt` (production: what to ask instead of our question); `do`: `notes` reads what is written and looks at nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from bot.words import _
from generators.engines.making import Commission, Engine, Option, Report, Unmakeable, Work
from generators.engines.shared.colour import named
from generators.engines.shared.uploads import SIDE, on_white, opened
from generators.engines.vision import again, cutouts, notes, pages, papers, reading
from generators.engines.vision.columns import Column, columns
from generators.engines.vision.seeing import Sight, colours, hexes

EMBEDDED = "embedded"
NOTES = "notes"
HOW = "pip install --no-deps rapidocr-onnxruntime"
SHOWN = 240  # letters of what is written that go into a sentence: a prompt is for the idea, not for a page of text


class Settings(Protocol):
    """What this engine needs of the configuration."""

    vision: str
    device: str
    dtype: str


def build(settings: Settings, cache: Path) -> Engine:
    """The engine; nothing is loaded before the first commission."""
    if settings.vision == EMBEDDED:
        return VisionEngine()
    from generators.engines.vision.model import Describer

    return VisionEngine(Describer(settings.vision, settings.device, settings.dtype))


class VisionEngine:
    """See the module."""

    def __init__(self, describer: Any = None) -> None:
        """Embedded, or with a model that describes."""
        self._describer = describer
        self._sight: Sight | None = None
        self._reader: reading.Reader | None = None

    def make(self, commission: Commission, report: Report) -> Iterator[Work]:
        """See `Engine`."""
        if len(commission.attachments) != 1:
            raise Unmakeable(_("One picture is needed for this. Please attach a PNG or JPEG."))
        notes_only = commission.options.get("do") == NOTES
        whole = on_white(opened(commission.attachments[0], legible=notes_only or self._describer is None))
        if notes_only:
            yield self._notes(whole, report)
            return
        picture = whole.copy()
        picture.thumbnail((SIDE, SIDE))
        facts: dict[str, Option] = {"width": picture.width, "height": picture.height}
        report(_("Looking at the colours"), 0.05)
        palette = colours(picture)
        facts |= {
            "colours": hexes(palette),
            "colour_names": ", ".join(dict.fromkeys(named(colour) for colour, _share in palette[:3])),
        }
        if self._describer is not None:
            report(_("Describing the picture"), 0.2)
            asked = str(commission.options.get("prompt", ""))
            facts["sentence"] = self._describer.described(picture, asked or commission.text, commission.seed)
        else:
            facts |= self._seen(picture, whole, report)
            facts["sentence"] = sentence(facts)
        yield Work(files=(), alt=str(facts["sentence"]), facts=facts)

    def _seen(self, picture: Image.Image, whole: Image.Image, report: Report) -> dict[str, Option]:
        """What the small networks are sure of."""
        report(_("Looking at what it shows"), 0.2)
        self._sight = self._sight or Sight()
        seen = self._sight.seen(picture)
        facts: dict[str, Option] = {}
        if seen.labels:
            facts |= {"label": seen.labels[0][0], "sure": round(seen.labels[0][1], 2), "words": ", ".join(seen.words)}
        if reading.available() is not None:
            facts |= self._read(whole, report)
        return facts

    def _notes(self, whole: Image.Image, report: Report) -> Work:
        """What is written on each note, with a second look at what the first was not sure of. Raises as `_read`."""
        report(_("Reading what is written on it"), 0.1)
        reader = self._reading()
        page = pages.read(reader, whole, all_of_it=True)
        report(_("Looking closer at what is hard to read"), 0.5)
        read = again.settled(reader, page.picture, page.lines)
        groups = papers.unread(read.sure, read.unsure, page.picture)
        found = columns(groups)
        boxes = [box for column in found for box in column.cuts]
        facts = _facts(groups, found)
        facts |= {"unread": len(boxes)} if boxes else {}
        return Work(files=cutouts.sheets(page.picture, boxes[: papers.MOST]), alt=str(facts.get("text", "")), facts=facts)

    def _read(self, whole: Image.Image, report: Report) -> dict[str, Option]:
        """What is written on it.

        Raises:
            Unmakeable: nothing here reads.
        """
        report(_("Reading what is written on it"), 0.5)
        page = pages.read(self._reading(), whole)
        groups = notes.grouped(page.lines, page.picture)
        return _facts(groups, columns(groups)) | ({"unread": page.unread} if page.unread else {})

    def _reading(self) -> reading.Reader:
        folder = reading.available()
        if folder is None:
            raise Unmakeable(_("What is written in pictures is read by a package that is not installed: {how}.").format(how=HOW))
        self._reader = self._reader or reading.Reader(folder)
        return self._reader

    def close(self) -> None:
        """See `Engine`."""
        self._sight = self._reader = None
        if self._describer is not None:
            self._describer.close()


def _facts(groups: Sequence[notes.Group], found: Sequence[Column]) -> dict[str, Option]:
    """What groups of lines, and their columns, are told as."""
    text = " / ".join(line.text for group in groups if not group.cut for line in group.lines)
    facts: dict[str, Option] = {"text": text} if text else {}
    facts |= {"columns": json.dumps([[one.title, one.texts] for one in found], ensure_ascii=False)} if found else {}
    if notes.sticky(groups):
        facts |= {"notes": " / ".join(note for one in found for note in one.texts if note)}
    return facts


def sentence(facts: dict[str, Option]) -> str:
    """What a prompt says about a picture."""
    parts = []
    if "label" in facts:
        parts.append(_("The picture shows: {label}.").format(label=facts["label"]))
    if facts.get("words"):
        parts.append(_("It has to do with {words}.").format(words=facts["words"]))
    if "text" in facts:
        parts.append(_("On it is written: “{text}”.").format(text=str(facts["text"])[:SHOWN]))
    if facts.get("unread"):
        parts.append(_("There is writing on it in a script that cannot be read here."))
    parts.append(_("Its main colours are {colours}.").format(colours=facts["colour_names"]))
    return " ".join(parts)
