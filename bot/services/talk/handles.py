"""Finds the ideas that a line names: by their number, their place, or a word or two of theirs. Rules, no model.

"the bus one", 红夹子那个 and “Deadwood” name an idea as surely as “number 3” does, where one idea alone has these words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from bot.domain.ideas import Idea
from bot.domain.modalities import TEXT
from bot.services.chinese import HAN, simplified
from bot.services.ideas.substituting import stems
from bot.services.talk.amounts import HAN_NUMBERS, HAN_PLACES, ORDINALS
from bot.services.talk.telling import KINDS

MENTION = "@"  #: stands for the ideas that a clause names
MOST_WORDS = 5  # of an idea that is named by all its words; a longer one nobody types again
LEAST_LETTERS = 3  # of a word that names an idea without "the … one" around it
LEAST_HAN = 2  # characters in a row that a Chinese handle shares with its idea
LONGEST_HAN = 12  # characters before 那个 that are looked at
SHORT = 3  # letters of a word that is said for a longer one
SPREAD = 3  # characters and more of a handle may stand apart in its idea
MOST_BESIDE = 8  # runs that are tried beside what names ideas surely
MOST_TRIED = 40  # runs of words of a clause that are tried as a handle
#: Characters that say nothing of an idea, though one alone may have them.
SILENT = frozenset(
    re.findall(
        r"\w+",
        "我们 你们 他们 大家 可以 可能 怎么 什么 一个 一下 一次 不要 没有 这个 那个 这些 那些 就是 还是 不是 "
        "但是 现在 时候 自己 觉得 感觉 今天 明天 一起 一点 有点 已经 所以 因为 如果 起来 出来 下来 的话 为了 "
        "不能 不会 一定 应该 需要 知道 东西 地方 事情 每个 每天 其实 其他 比较 还有 只有 也是 都是 的是 画一 "
        "写一 做一 给我 来个 来张 名字 点子 想法 主意 方案 投票 喜欢 不错 好的 太好 很好 真好 ",
    )
)
LISTED = re.compile(r"^\W*$|\b(?:and|or|&) $", re.IGNORECASE)  #: before a place that stands alone: "first and last, yes"
SURELY = re.compile(rf"^the |(?: (?:{KINDS}))$", re.IGNORECASE)  #: of a place that names an idea
ARTICLE = re.compile(r"\b(?:the|that|this|our) $")
_ORDINAL = "|".join(ORDINALS)
#: By number or place: "number 2", "#3", "the second one", "3".
COUNTED = re.compile(
    rf"(?<![\w.:€$£%/+-])(?:the )?(?:(?:{KINDS}|number|no\.?|nr\.?) )?(?:(?P<digits>#?\d{{1,4}})(?:st|nd|rd|th)?|"
    rf"(?P<place>{_ORDINAL}))"
    rf"(?: (?:{KINDS}))?(?![\w%€/]|[.:]\d|-\w)",
    re.IGNORECASE,
)
#: What is counted behind a number that names no idea: 3床, 3号楼, 2个人.
_COUNTED_HAN = (
    r"[个点年月日人块元周天岁分秒级班楼层次届位万千百条张种米斤床栋室组队线路门桌杯碗套双两期集章节课页票折角度]|"
    r"号[楼线机院店桌门厅]"
)
HAN_COUNTED = re.compile(
    rf"(?<![定会要来])第 ?(?P<nth>\d{{1,2}}|[{HAN_PLACES}]) ?[个条句款首项号张]?(?![次天年代届批轮站步节期回印人])|"
    rf"(?<!\d)(?P<digits>#?\d{{1,3}}) ?号(?![楼线机院店桌门厅])|(?<![\d第])(?P<han>[{HAN_PLACES}])号|"
    rf"(?<![\d.:/第])(?<![+-](?=1(?!\d)))(?P<bare>#?\d{{1,3}})(?![\d.:%/]|{_COUNTED_HAN}| ?[a-z](?!ass))|"
    r"(?P<last>最后(?:一[个条句]|那[个条句]))|"
    rf"(?:(?<=选)|(?<=投)|(?<=要)|(?<=站)|(?<=就)|(?<=定)|^)(?P<alone>[{HAN_PLACES}])"
    r"(?=[吧了啊!]*$|不错|好|可以|最|置顶|行|太|笑|也|[,。 ])"
)
#: A word or two, and what says that they name an idea.
NAMED = re.compile(
    rf"(?P<words>[\w'&-]+(?: [\w'&-]+){{0,4}}) (?:one|{KINDS.replace('one|', '')}|thing|suggestion|bit|plan)s?\b", re.IGNORECASE
)
HAN_NAMED = re.compile(
    rf"(?P<words>[^，,。！!？?；;、]{{1,{LONGEST_HAN}}}?)(?:的)?(?:那|这)(?:一)?(?:个|条|句|款|首|项|种|招|段|家|套|张|"
    rf"样|件|场|位|边)(?:点子|想法|主意|名字|方案|建议)?"
)
QUOTED = re.compile(r"[\"“「『](?P<words>[^\"”」』]{2,60})[\"”」』]|(?<!\w)'(?P<single>[^'\"]{3,60})'(?!\w)")
JOINED = re.compile(rf"{MENTION}(?:\s*(?:,|，|、|and|&|\+|和|跟|与|还有|or)?\s*(?:and )?{MENTION})+")


@dataclass(frozen=True, slots=True)
class Seen:
    """What stands in front of a person."""

    all: Sequence[Idea]  #: top first
    by_place: bool = False  #: a number without "#" counts them from the top
    bare: bool = True  #: a run of their words names one, too, without "the … one" around it

    @property
    def ideas(self) -> list[Idea]:
        """Those in words."""
        return [idea for idea in self.all if idea.modality == TEXT]

    def numbered(self, written: str) -> Idea | None:
        """The idea that a number means: with "#" or where ideas show theirs the one that has it, else the one at that place."""
        number = int(written.lstrip("#"))
        beside = next((idea for idea in self.all if idea.number == number), None)
        return beside if beside and (not self.by_place or written.startswith("#")) else self.placed(number)

    def placed(self, place: int) -> Idea | None:
        """The idea at a place, 1 = the top, -1 = the last."""
        at = len(self.all) if place == -1 else place
        return self.all[at - 1] if 1 <= at <= len(self.all) else None


@dataclass(frozen=True, slots=True)
class Named:
    """A clause, and the ideas that it names."""

    masked: str  #: the clause with "@" where the ideas are named, several in a row as one
    ideas: tuple[Idea, ...]  #: in the order of their names
    sure: bool = True  #: they are named by what can be nothing else


def named_in(clause: str, seen: Seen) -> list[Named]:
    """What a clause may name of the ideas that stand there, the likeliest first; empty where it names none.

    Args:
        clause: in small letters, Simplified characters, straight quotes.
        seen: what stands in front of the person.
    """
    chinese = HAN.search(clause) is not None
    sure = _sure(clause, seen, chinese=chinese)
    found = [_masked(clause, sure), _masked(clause, sure[:1])] if sure else []
    if sure and seen.bare and not chinese:  # "+1 silent doc and the bug one"
        beside = [span for span in (_bare_han if chinese else _bare)(clause, seen) if _apart(span, sure)][:MOST_BESIDE]
        found += [replace(_masked(clause, sorted([*sure, span], key=lambda one: one[0])), sure=False) for span in beside]
    elif seen.bare and not sure:
        spans = (_bare_han if chinese else _bare)(clause, seen)
        two = [] if chinese else [sorted(pair, key=lambda one: one[0]) for pair in combinations(spans[:MOST_BESIDE], 2)]
        both = [_masked(clause, pair) for pair in two if _apart(pair[0], pair[1:])]  # "the can and the berries"
        ones = [_masked(clause, [span]) for span in spans]
        found = [replace(one, sure=False) for one in [*(one for one in both if one.masked.count(MENTION) == 1), *ones]]
    return list(dict.fromkeys(found))


def _apart(span: tuple[int, int, Idea], others: Sequence[tuple[int, int, Idea]]) -> bool:
    return all(span[1] <= start or end <= span[0] for start, end, _idea in others)


def _masked(clause: str, spans: Sequence[tuple[int, int, Idea]]) -> Named:
    masked, at = "", 0
    for start, end, _idea in spans:
        masked += clause[at:start] + MENTION
        at = end
    masked = JOINED.sub(MENTION, masked + clause[at:])
    return Named(" ".join(masked.split()), tuple(dict.fromkeys(idea for _start, _end, idea in spans)))


def _sure(clause: str, seen: Seen, *, chinese: bool) -> list[tuple[int, int, Idea]]:
    """Where ideas are named by what can be nothing else, in order and without overlap; the surest way first."""
    found: list[tuple[int, int, Idea]] = []
    for way in (_quoted, _whole, _by_words_han, _counted_han) if chinese else (_quoted, _whole, _counted, _by_words):
        for start, end, idea in way(clause, seen):
            if all(end <= one or other <= start for one, other, _idea in found):
                found.append((start, end, idea))
    return sorted(found, key=lambda one: one[0])


def _quoted(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    return [
        (*match.span(), one)
        for match in QUOTED.finditer(clause)
        if (one := _having(match["words"] or match["single"], seen.ideas)) is not None
    ]


def _whole(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    """Ideas of a few words that a clause has as they stand there, names most of all."""
    found = []
    for idea in seen.ideas:
        text = " ".join(re.findall(r"[\w'&-]+", simplified(idea.text).casefold()))
        if (
            len(text) > 2
            and len(text.split()) <= MOST_WORDS
            and (match := re.search(rf"(?<![a-z]){re.escape(text)}(?![a-z])", clause))
        ):
            found.append((*match.span(), idea))
    return found


def _by_words(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    """The words before "one", as in "the bus one"; of those before it the last ones may be all that name it."""
    found = []
    for match in NAMED.finditer(clause):
        starts = [match.start("words") + one.start() for one in re.finditer(r"[\w'&-]+", match["words"])]
        for start in starts:
            said = clause[start : match.end("words")]
            if not said.startswith(("and ", "or ", "but ")) and (one := _having(said, seen.ideas)) is not None:
                found.append((start, match.end(), one))
                break
    return found


def _by_words_han(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    """红夹子那个: as many characters before it as one idea alone has."""
    found = []
    for match in HAN_NAMED.finditer(clause):
        said = match["words"]
        for start in range(len(said) - LEAST_HAN + 1):
            if (one := _sharing(said[start:].removesuffix("的"), seen.ideas)) is not None:
                found.append((match.start("words") + start, match.end(), one))
                break
    return found


def _counted(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    found = []
    for match in COUNTED.finditer(clause):
        if match["place"] and not (SURELY.search(match[0]) or LISTED.search(clause[: match.start()])):
            continue  # "let the incoming shift ask first"
        one = seen.numbered(match["digits"]) if match["digits"] else seen.placed(ORDINALS[match["place"].casefold()])
        found += [(*match.span(), one)] if one is not None else []
    return found


def _counted_han(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    found = []
    for match in HAN_COUNTED.finditer(clause):
        word = match["nth"] or match["digits"] or match["han"] or match["bare"] or match["alone"]
        if word is None:
            one = seen.placed(-1)
        elif match["nth"]:
            one = seen.placed(int(word) if word.isdecimal() else HAN_NUMBERS[word])
        else:
            one = seen.numbered(word if word.lstrip("#").isdecimal() else str(HAN_NUMBERS[word]))
        found += [(*match.span(), one)] if one is not None else []
    return found


def _bare(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    """Runs of words that one idea alone has, the longest first: "not the leftovers"."""
    words = list(re.finditer(r"[\w'&-]+", clause))
    runs = ((i, j) for i in range(len(words)) for j in range(i, min(len(words), i + MOST_WORDS)))
    found: list[tuple[int, int, Idea]] = []
    for i, j in sorted(runs, key=lambda run: run[0] - run[1]):
        start, end = words[i].start(), words[j].end()
        if _telling(clause[start:end]) and (one := _having(clause[start:end], seen.ideas)) is not None:
            article = ARTICLE.search(clause[:start])
            found.append((article.start() if article else start, end, one))
    return _longest(found)


def _bare_han(clause: str, seen: Seen) -> list[tuple[int, int, Idea]]:
    """Runs of characters that one idea alone has, the longest first: 反串走秀我投一票."""
    runs = ((start, end) for end in range(LEAST_HAN, len(clause) + 1) for start in range(end - LEAST_HAN + 1))
    spans = sorted(runs, key=lambda span: span[0] - span[1])
    found = [(*span, one) for span in spans if (one := _containing(clause[slice(*span)], seen.ideas)) is not None]
    return _longest(found)


def _longest(found: Sequence[tuple[int, int, Idea]]) -> list[tuple[int, int, Idea]]:
    """Those of some runs, the longest first, that are no part of a longer one of the same idea."""
    kept: list[tuple[int, int, Idea]] = []
    for start, end, idea in found:
        if not any(one <= start and end <= other and idea.id == known.id for one, other, known in kept):
            kept.append((start, end, idea))
    return kept[:MOST_TRIED]


def _telling(said: str) -> bool:
    first, *_between, last = (words := said.split()) + words[-1:]
    return all(stems(word) and len(word) >= LEAST_LETTERS for word in (first, last))


def _having(said: str, ideas: Sequence[Idea]) -> Idea | None:
    """The one idea that has all these words."""
    if HAN.search(said):
        return _containing(said, ideas)
    wanted = stems(said)
    found = [idea for idea in ideas if wanted and all(_within(word, stems(idea.text)) for word in wanted)]
    return found[0] if len(found) == 1 else None


def _within(word: str, words: set[str]) -> bool:
    """Whether a word is one of some, or short for one: "choc" of "chocolate"."""
    return word in words or (len(word) >= SHORT and any(one.startswith(word) for one in words))


def _containing(said: str, ideas: Sequence[Idea]) -> Idea | None:
    """The one idea that has these Chinese characters in a row; three and more may have others between: 照片墙."""
    if not HAN.search(said) or said in SILENT or MENTION in said:
        return None
    texts = [(simplified(idea.text).casefold(), idea) for idea in ideas]
    found = [idea for text, idea in texts if said in text]
    if not found and SPREAD <= len(said) <= 2 * SPREAD and all(map(HAN.match, said)):
        found = [idea for text, idea in texts if re.search(".{0,6}?".join(map(re.escape, said)), text)]
    return found[0] if len(found) == 1 else None


def _sharing(said: str, ideas: Sequence[Idea]) -> Idea | None:
    """The one idea that has most of these characters in a row, from the first on."""
    shared = [(_run(said, simplified(idea.text).casefold()), idea) for idea in ideas]
    most = max((length for length, _idea in shared), default=0)
    best = [idea for length, idea in shared if length == most]
    return best[0] if most >= LEAST_HAN and 2 * most > len(said) and len(best) == 1 else _containing(said, ideas)


def _run(said: str, text: str) -> int:
    """How many of the first characters of a saying stand in a text in a row."""
    return next((end for end in range(len(said), 0, -1) if said[:end] in text), 0)
