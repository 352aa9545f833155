"""The words people read: which language, whose, and whether all of them are there."""

import ast
import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import write_po

from bot.domain import errors
from bot.domain.errors import GeneratorDown, MuselabError, UnknownIdea
from bot.words import CONVERTED, FALLBACK, LOCALES, N_, _, catalogue, language, negotiate, ngettext, speaking
from tests import messages
from tests.messages import misspoken, spoken, stored, unspeakable, wrong

OTHERS = [locale for locale in LOCALES if locale != FALLBACK]
HAN = re.compile(r"[\u4e00-\u9fff]")
ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, MuselabError)]


def said(locale: str) -> list[tuple[str, str]]:
    """Every sentence and its translation; of a plural, the form for many."""
    pairs = []
    for message in stored(locale):
        if message.id:
            id, string = message.id, message.string
            pairs.append((id if isinstance(id, str) else id[-1], string if isinstance(string, str) else list(string or ())[-1]))
    return pairs


# ---------------------------------------------------------------------------------------------------- which language


@pytest.mark.parametrize("tag", ["zh-CN", "zh_CN", "zh-Hans-CN", "zh", "ZH-cn", "zh_SG.UTF-8", "zh_CN@pinyin", " zh-CN "])
def test_a_tag_for_chinese_gives_simplified_chinese(tag: str) -> None:
    assert negotiate(tag) == "zh_Hans"


@pytest.mark.parametrize("tag", ["zh-TW", "zh_TW", "zh-HK", "zh-Hant", "zh_TW.Big5", "zh-Hant-HK", "zh-MO"])
def test_readers_of_traditional_chinese_get_traditional_chinese(tag: str) -> None:
    assert negotiate(tag) == "zh_Hant"


def test_simplified_characters_in_a_place_of_traditional_ones_stay_simplified() -> None:
    assert negotiate("zh-Hans-HK") == "zh_Hans"


def test_the_traditional_catalogue_is_the_simplified_one_in_other_characters_and_keeps_what_is_typed() -> None:
    simple, other = catalogue("zh_Hans"), catalogue("zh_Hant")

    assert (simple.gettext("Board"), other.gettext("Board")) == ("点子板", "點子板")
    assert other.ngettext("{count} vote", "{count} votes", 2) == "{count} 票"
    assert [
        message for message, _said in said("zh_Hans") if messages.verbatim(message) ^ messages.verbatim(other.gettext(message))
    ] == []


@pytest.mark.parametrize("tag", ["en", "en-GB", "en_US.UTF-8", "de", "de-DE", "ja", "zha", "azh-CN"])
def test_every_other_language_gets_english(tag: str) -> None:
    assert negotiate(tag) == "en"


@pytest.mark.parametrize("tag", [None, "", "C", "C.UTF-8", "POSIX", "  ", "-", "_zh", "../../zh", "zh" * 5000, "💡", "\x00zh"])
def test_what_is_no_tag_gets_english(tag: str | None) -> None:
    assert negotiate(tag) == "en"


def test_whatever_is_negotiated_has_a_catalogue() -> None:
    chosen = {negotiate(tag) for tag in ("zh-CN", "zh-TW", "en-GB", "de", None, "nonsense")}

    assert chosen == {*LOCALES, *CONVERTED}
    assert all(catalogue(locale).gettext("Board") for locale in chosen)


# ---------------------------------------------------------------------------------------------------- translating


def test_a_sentence_is_said_in_the_language_being_spoken() -> None:
    with speaking("en-US"):
        english = _("Board")
    with speaking("zh-CN"):
        chinese = _("Board")

    assert (english, chinese) == ("Board", "点子板")


def test_a_sentence_nobody_translated_stays_english() -> None:
    with speaking("zh-CN"):
        assert _("A sentence that is in no catalogue") == "A sentence that is in no catalogue"


def test_nothing_is_translated_as_nothing() -> None:
    with speaking("zh-CN"):
        assert _("") == ""  # gettext would answer with the catalogue's header


def test_a_marked_sentence_is_translated_only_when_it_is_said() -> None:
    with speaking("zh-CN"):
        marked = N_("Board")

        assert marked == "Board"
        assert _(marked) == "点子板"


@pytest.mark.parametrize(
    ("n", "english", "chinese"),
    [(n, f"{n} idea{'s' * (n != 1)}, best first", f"{n} 个点子，最佳在前") for n in (0, 1, 2, 11)],
)
def test_numbers_take_the_form_of_the_language(n: int, english: str, chinese: str) -> None:
    with speaking("en"):
        assert ngettext("{count} idea, best first", "{count} ideas, best first", n).format(count=n) == english
    with speaking("zh-CN"):
        assert ngettext("{count} idea, best first", "{count} ideas, best first", n).format(count=n) == chinese


# ---------------------------------------------------------------------------------------------------- speaking


def test_english_is_spoken_until_somebody_says_otherwise() -> None:
    assert language() == "en"


def test_speaking_nests_and_comes_back() -> None:
    heard = []

    with speaking("zh-CN"):
        heard.append(language())
        with speaking("de"):
            heard.append(language())
        heard.append(language())
    heard.append(language())

    assert heard == ["zh_Hans", "en", "zh_Hans", "en"]


def test_an_error_ends_speaking_too() -> None:
    with pytest.raises(GeneratorDown), speaking("zh-CN"):
        raise GeneratorDown

    assert language() == "en"


async def test_two_tasks_at_once_speak_their_own_languages() -> None:
    both_speak, heard = asyncio.Barrier(2), {}

    async def ask(locale: str) -> None:
        with speaking(locale):
            await both_speak.wait()
            heard[locale] = [_("Board")]
            await both_speak.wait()
            heard[locale].append(_("Board"))

    await asyncio.gather(ask("zh-CN"), ask("en-GB"))

    assert heard == {"zh-CN": ["点子板", "点子板"], "en-GB": ["Board", "Board"]}
    assert language() == "en"


async def test_a_task_goes_on_in_the_language_it_was_begun_in() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return _("Board")

    with speaking("zh-CN"):
        task = asyncio.create_task(later())
    with speaking("en"):
        heard = await task

    assert heard == "点子板"


# ---------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("locale", OTHERS)
def test_every_error_says_itself_in_every_language(kind: type[MuselabError], locale: str) -> None:
    english = str(kind())
    with speaking(locale):
        translated = str(kind())

    assert english == (kind.__doc__ or "").splitlines()[0]
    assert HAN.search(translated)


def test_an_error_keeps_the_language_it_was_raised_in() -> None:
    with speaking("zh-CN"):
        error = UnknownIdea()
    with speaking("en"):
        assert str(error).startswith("本频道没有这个点子")


# ---------------------------------------------------------------------------------------------------- the catalogues


@pytest.mark.parametrize("locale", OTHERS)
def test_everything_that_people_read_is_translated(locale: str) -> None:
    assert wrong(locale) == [], "run `make messages`, translate what is new, and `make check` says what is left"


def test_nothing_is_said_in_a_way_that_no_catalogue_can_hold() -> None:
    assert unspeakable() == []


def test_every_translation_into_chinese_is_chinese() -> None:
    assert [chinese for _english, chinese in said("zh_Hans") if not HAN.search(chinese)] == []


def test_chinese_sentences_end_as_the_english_ones_do() -> None:
    ends = {".": "。", "?": "？", "!": "！"}

    odd = [chinese for english, chinese in said("zh_Hans") if english[-1] in ends and chinese[-1] != ends[english[-1]]]

    assert odd == []


def test_chinese_words_are_followed_by_chinese_marks_and_set_off_from_latin_letters() -> None:
    odd = re.compile(r"[\u4e00-\u9fff][,;:!?.]|[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]|[，。；：！？] ")

    assert [chinese for _english, chinese in said("zh_Hans") if odd.search(chinese)] == []


# ---------------------------------------------------------------------------------------------------- what holds them to it


def calls(source: str) -> list[Any]:
    return [spoken(call) for call in messages.marked(ast.parse(source))]


@pytest.mark.parametrize(
    ("source", "sentences"),
    [
        ('_("Board")', ["Board"]),
        ('words._("A long " "sentence.")', ["A long sentence."]),
        ('ngettext("{count} topic", "{count} topics", n)', [("{count} topic", "{count} topics")]),
        ('HELP = N_("see what Muselab can do")', ["see what Muselab can do"]),
        ('_(SENTENCES["08"]).format(where="here")', [()]),
        ("_(module.HELP)", [()]),
        ('print("Board"); said("Board")', []),
    ],
)
def test_a_sentence_is_what_stands_in_the_marks_and_nothing_else(source: str, sentences: list[Any]) -> None:
    assert calls(source) == sentences


@pytest.mark.parametrize(
    "source",
    [
        'def f(x):\n    return _(f"Hello {x}")',
        'def f(x):\n    return _("Hello " + x)',
        'def f(x):\n    return ngettext("one", f"{x} many", x)',
        'TITLE = _("Board")',
        'class Card:\n    title = _("Board")',
        'def f(title=_("Board")):\n    return title',
    ],
)
def test_a_sentence_put_together_or_translated_too_early_is_found(source: str) -> None:
    assert [line for line, _problem in misspoken(ast.parse(source))]


@pytest.mark.parametrize(
    "source",
    [
        'TITLE = N_("Board")',
        'def f(x):\n    return _("Hello {x}").format(x=x)',
        'async def f():\n    return [_("Board") for _line in range(3)]',
        'make = lambda: _("Board")',
        "class Card:\n    def title(self):\n        return _(self.said)",
    ],
)
def test_a_sentence_with_placeholders_translated_when_it_is_said_is_right(source: str) -> None:
    assert list(misspoken(ast.parse(source))) == []


def test_the_docstrings_of_errors_are_collected_wherever_they_are_defined() -> None:
    trees = [
        ast.parse('class Refusal(MuselabError):\n    """No."""'),
        ast.parse('class Late(errors.Refusal):\n    """Too late."""\n\nclass Apart(Exception):\n    """Unread."""'),
        ast.parse('class Told(Refusal):\n    """Unread."""\n\n    def __init__(self):\n        super().__init__(_("Told."))'),
    ]

    assert sorted(messages.errors(trees)) == ["No.", "Too late."]


@pytest.fixture
def spoiled(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """Changes or adds one translation in a copy of the catalogue; tells what is wrong with the copy."""

    def spoil(sentence: str, translation: str) -> list[str]:
        copy = stored("zh_Hans")
        copy.delete(sentence)
        copy.add(sentence, translation)
        file = messages.path_of("zh_Hans", tmp_path)
        file.parent.mkdir(parents=True)
        with file.open("wb") as out:
            write_po(out, copy)
        return wrong("zh_Hans", tmp_path)

    return spoil


@pytest.mark.parametrize(
    ("sentence", "translation"),
    [
        ("Board", ""),
        ("You picked “{idea}”.", "你选定了“{ideas}”。"),
        ("There is no such command. Try /help.", "没有这个命令。试试 /帮助。"),
        ("So far: 👍 {ups} 👎 {downs}", "目前：{ups} 👎 {downs}"),
        ("{folder} cannot be written ({why}). Choose another with MUSELAB_HOME.", "无法写入 {folder}（{why}）。"),
    ],
)
def test_a_translation_that_is_missing_or_lost_something_fails_the_check(
    spoiled: Callable[[str, str], list[str]], sentence: str, translation: str
) -> None:
    found = spoiled(sentence, translation)

    assert len(found) == 1
    assert found[0].endswith(sentence)


def test_a_translation_of_what_nobody_says_any_more_fails_the_check(spoiled: Callable[[str, str], list[str]]) -> None:
    found = spoiled("A sentence that is nowhere in the source", "源代码中没有的句子")

    assert found == ["not in the source any more: A sentence that is nowhere in the source"]
