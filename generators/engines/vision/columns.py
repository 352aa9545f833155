"""Which notes of a picture stand under which heading, such as "Pros" and "Cons"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from generators.engines.vision.notes import Group, sticky

Box = tuple[int, int, int, int]

LONGEST = 40  #: letters of a heading; what is longer is a sentence beside the notes
WIDER = 1.8  #: times as wide as any other gap: where the columns part, wherever the headings stand
ALIGNED = 0.25  #: of a note's width: how far a heading's left edge is from its notes' where it stands over the first of them
#: What people write above columns, also on notes of the same paper; in English, Chinese, German, French and Spanish.
WORDS = """
pros cons start stop continue keep drop add more less mad sad glad good bad better liked learned lacked wins risks strengths
weaknesses opportunities threats todo doing done ideas actions problems solutions questions now next later plus minus delta
优点 缺点 开始 停止 继续 优势 劣势 机会 威胁 想法 行动 问题 待办 进行中 完成
vorteile nachteile stärken schwächen chancen risiken ideen probleme avantages inconvénients forces faiblesses idées
ventajas desventajas fortalezas debilidades oportunidades amenazas
"""
KNOWN = frozenset(WORDS.split()) | {"to do", "went well", "to improve", "what went well", "longed for"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Notes under one heading."""

    title: str  #: as it is written; empty for notes under none
    texts: tuple[str, ...]  #: of each note, from top to bottom, row by row; empty for one that could not be read
    cuts: tuple[Box, ...] = ()  #: where those are, as many as there are empty texts


def columns(groups: Sequence[Group]) -> list[Column]:
    """The notes of a picture by their headings, and those under none first; of a picture without notes its lines.

    Args:
        groups: all of what is written, in the order in which it is read.
    """
    if not sticky(groups):
        return _listed(groups)
    heads = [group for group in groups if heading(group)]
    notes = [group for group in groups if group not in heads]
    known = [note for note in notes if _known(note) and not any(_above(other, note) for other in notes)]
    if not heads and len(known) > 1:  # headings on notes of their own
        heads, notes = known, [note for note in notes if note not in known]
    under: dict[int, list[Group]] = {-1: [], **{number: [] for number in range(len(heads))}}
    for note in notes:
        under[_place(note, heads, notes)].append(note)
    loose = under.pop(-1) + [heads[number] for number, ones in under.items() if not ones]  # a title, or a note without a colour
    found = [_column("", loose)]
    found += [_column(heads[number].text.rstrip(":： "), under[number]) for number in under]
    return [column for column in found if column.texts]


def heading(group: Group) -> bool:
    """Whether a group is written on the wall itself, and short."""
    return not group.coloured and not group.cut and len(group.text) <= LONGEST


def _column(title: str, notes: Sequence[Group]) -> Column:
    return Column(title=title, texts=tuple(note.text for note in notes), cuts=tuple(note.cut for note in notes if note.cut))


def _listed(groups: Sequence[Group]) -> list[Column]:
    """Of a page or a board of lines each line; a first line that is known as a heading is one."""
    found: list[Column] = []
    for group in groups:
        texts = [""] if group.cut else [line.text for line in group.lines]
        cuts = (group.cut,) if group.cut else ()
        titled = len(texts) > 1 and (_is_known(texts[0]) or texts[0].rstrip().endswith((":", "：")))
        title = texts.pop(0).rstrip(":： ") if titled else ""
        if found and not title and not found[-1].title:
            found[-1] = Column(title="", texts=(*found[-1].texts, *texts), cuts=(*found[-1].cuts, *cuts))
        else:
            found.append(Column(title=title, texts=tuple(texts), cuts=cuts))
    return found


def _place(note: Group, heads: Sequence[Group], notes: Sequence[Group]) -> int:
    """The number of a note's heading: of the lowest row of headings above it that whose column it is in; -1 for none."""
    above = [head for head in heads if _middle(head, 1) < _middle(note, 1)]
    if not above:
        return -1
    lowest = max(above, key=lambda head: head.box[3])
    row = sorted((head for head in above if head.box[3] > lowest.box[1]), key=lambda head: head.box[0])
    beside = [other for other in notes if _middle(other, 1) > _middle(lowest, 1)]
    place = sum(_middle(note, 0) > edge for edge in (_edge(a, b, row, beside) for a, b in pairwise(row)))
    return heads.index(row[place])


def _edge(one: Group, other: Group, row: Sequence[Group], notes: Sequence[Group]) -> float:
    """Where the column of a heading ends and that of the next begins, in pixels from the left."""
    wide = sorted(note.box[2] - note.box[0] for note in notes)[len(notes) // 2]
    starts = [note.box[0] for note in notes]
    left = all(min(abs(head.box[0] - start) for start in starts) < ALIGNED * wide for head in row)
    aim = other.box[0] - ALIGNED * wide if left else (_middle(one, 0) + _middle(other, 0)) / 2
    gaps = [gap for gap in _gaps(notes) if _middle(one, 0) < sum(gap) / 2 < _middle(other, 0)]
    if not gaps:
        return aim
    gaps.sort(key=lambda gap: gap[1] - gap[0], reverse=True)
    if len(gaps) == 1 or gaps[0][1] - gaps[0][0] > WIDER * (gaps[1][1] - gaps[1][0]):
        return sum(gaps[0]) / 2
    return min((sum(gap) / 2 for gap in gaps), key=lambda middle: abs(middle - aim))


def _gaps(notes: Sequence[Group]) -> list[tuple[int, int]]:
    """Stretches from left to right in which no note has a letter."""
    found, end = [], None
    for left, right in sorted((note.box[0], note.box[2]) for note in notes):
        if end is not None and left > end:
            found.append((end, left))
        end = max(end or 0, right)
    return found


def _middle(group: Group, way: int) -> float:
    return (group.box[way] + group.box[way + 2]) / 2


def _above(one: Group, other: Group) -> bool:
    shared = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    return shared > 0 and one.box[3] <= other.box[1]


def _known(group: Group) -> bool:
    return _is_known(group.text)


def _is_known(text: str) -> bool:
    return text.casefold().strip(" :：!?") in KNOWN
