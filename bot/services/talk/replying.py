"""What is answered to talk that Muselab understands but does not do in plain words: one sentence, with what to type."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.ideas import Idea
from bot.services.chinese import HAN, simplified
from bot.services.talk.amounts import COUNTED_ONE, HAN_DIGITS, ORDINALS
from bot.services.talk.answers import ANSWERS, MODEL, OF_IDEAS, answer
from bot.services.talk.followups import TOPIC
from bot.services.talk.intents import SHAPED, TALK, UNCLEAR, Meaning
from bot.services.talk.long_texts import longer
from bot.services.talk.plain import straightened
from bot.services.talk.retorts import in_words
from bot.services.talk.subjects import GIFT, names_a_thing, of_its_own
from bot.words import N_, _

MOST_NAMED = 2  # commands that one answer names where nothing is sure; more are a menu
UNSURE = N_("You seem to be talking to me, but I am not sure what you want. /help lists everything.")
OF_OTHERS = (("more",), ("refine",))  #: what is likeliest of a line that wants other ideas than those that stand there
#: What is only talk, so that nothing is lost where it was no topic.
CHAT = frozenset(("thanks", "hello", "idle"))
#: What only a line about something that stands there says; "names for this weekend" is a topic all the same.
_ENDS = (
    r"(?=\W*$|[,.!?;]| (?:one|ones|idea|name|option|is|was|are|looks?|sounds?|and|to|as|in|into|out|please|again|now|"
    r"from|off)\b)"
)
POINTING = re.compile(
    rf"\b(?:these|those|them|they)\b|\b(?:it|this|that|{'|'.join(ORDINALS)}){_ENDS}|\b(?:number|idea|option|no\.?) ?#?\d|#\d|"
    rf"^(?:what|how|why|when|where|who|which)\b.*\b(?:it|this|that)\b|\b\d{{1,2}}(?=\W*$|[,.!?;])|第[\d{HAN_DIGITS}]|这|那|它",
    re.IGNORECASE,
)
#: What a Chinese line has that wants to be reminded, or a date kept.
HAN_REMINDS = re.compile(
    r"提醒|叫(?!什么|啥|做|作)|喊|记[得住着一下的]|别忘|忘|催|闹[钟铃]|定时|[计倒]时|秒表|掐表|到[点期]|截止|期限|时间|"
    r"日[程历]|预约|约|排到|安排|通知|踢|敲|"
    r"吱|盯|改期|延到|推迟|再(?:把|提|问|说|拿|贴|想)|翻出来|顶上来|回访|集合|发一?[条个]|吼|[摇ping]我|自动|每|timer|"
    r"alarm|deadline|ping",
    re.IGNORECASE,
)
#: What says by itself that ideas are wanted: "why would anyone lend their drill?? think of reasons".
THINK = re.compile(
    r"\b(?:think of|list|find|name|collect|brainstorm|come up with|give (?:me|us)|think up) (?:\w+ ){0,3}"
    r"(?:reasons|ways|arguments|excuses|examples|explanations|causes|benefits)\b",
    re.IGNORECASE,
)
IDEAS_ASKED = re.compile(r"[,:] ?(?:\w+ ){0,2}ideas?(?:,? please| pls)?\W*$")  # "a poem night at the library, format ideas"
_ONE = rf"(?:the )?(?:(?:number|idea|option|name|no\.?) )?#?(?:{COUNTED_ONE})(?: (?:one|idea|option|name))?"
_FLAWS = (
    r"(?:holes|flaws?|faults?|problems?|weakness(?:es)?|risks?|downsides?|upsides?|drawbacks?|catch|issues?|"
    r"(?:dis)?advantages?|"
    r"pros|cons|strengths?)"
)
_SUCH = rf"{_FLAWS}(?:(?: and| or| &|,)+ {_FLAWS})*"
_JUDGED = (
    r"(?:good|bad|realistic|feasible|viable|doable|possible|legal|safe|expensive|cheap|original|new|taken|balanced|fun|funny|"
    r"practical|allowed|hard|easy|risky|worth (?:it|doing|trying)|idea|(?:good|bad) idea)"
)
#: A question about an idea, or a word that asks for a judgement of it: "poke holes in number 1", "is 3 any good?".
OF_AN_IDEA = re.compile(
    r"(?:(?:please|can you|could you|ok|okay|so|now|but|and|well|hmm?|tell me|are there|is there)[, ]+)*(?:"
    rf"(?:poke|pick|find|shoot|name|list|tell me|show me)(?: me| us)?(?: some| any| a few| the)? {_SUCH} "
    rf"(?:in|with|of|for) {_ONE}|"
    rf"what(?:'s| is|s| could be| are|'re)?(?: the| so| actually| really| main| biggest| real)* "
    rf"(?:wrong|bad|good|great|special|matter|{_SUCH}) (?:with|about|of|in|for) {_ONE}|"
    rf"what (?:can|could|might|would|will) go wrong (?:with|in) {_ONE}|(?:the )?{_SUCH} (?:of|for|with) {_ONE}|"
    rf"(?:is|was) {_ONE} (?:(?:any|really|an?|actually|even|too|at all|very|so|that) )*{_JUDGED}"
    r"(?: at all| enough| (?:for|to) .{1,30})?|"
    rf"(?:would|will|could|can|does|might) {_ONE} (?:(?:really|actually|even|ever) )*"
    r"(?:work|sell|pay off|make sense|fly|succeed|hold up|cost|take|be)(?: .{1,30})?|"
    rf"how (?:(?:much|long|hard|expensive|realistic|safe|easy|risky) )?(?:would|could|does|do|will|can|"
    rf"is) {_ONE}(?: .{{1,40}})?|"
    r"(?:critique|criti[cs]i[sz]e|evaluate|assess|analy[sz]e|challenge|roast|stress[- ]?test|judge|attack|"
    r"fact[- ]?check|review) "
    rf"{_ONE}|(?:play )?(?:the )?devil'?s advocate (?:on|with|for|against|to) {_ONE}|"
    rf"any {_SUCH} (?:in|with|of|for) {_ONE}|be (?:brutal|honest|critical|frank|harsh) (?:about|on|with) {_ONE}|"
    rf"(?:is|was) {_ONE} (?:better|worse|more \w+|less \w+) (?:than|or) {_ONE}|"
    rf"{_ONE}\s*[,:-]+ ?(?:what(?:'s| is|s) (?:the )?(?:wrong|{_SUCH})(?: with it)?|any good|(?:would|will|does) it work)|"
    r"who (?:would|will|could|should|is going to) (?:ever |really |actually |even )*"
    r"(?:pay for|buy|want|use|need|read|watch|do|like) (?:this|that|it|these|those|them)|"
    r"what(?:'s| is|s|'re| are|re) (?:her|his|their|its) (?:[a-z-]+ )?[a-z-]+|"
    r"(?:which|what(?= one| idea| name| of))(?: ones?| ideas?| names?)?(?: of (?:these|those|them))?"
    r"(?: is|'s| are| would be| will be) the "
    rf"(?:(?:most|least) [a-z-]+|[a-z]+est)(?: (?:one|ones|idea|of all))?(?: (?:for|to|with|if|in) .{{1,40}})?|"
    rf"what do you think (?:of|about) {_ONE}|what(?:'s| is) your (?:opinion|view|take) (?:of|on|about) {_ONE})",
    re.IGNORECASE,
)
#: Intents whose answers say that something is not done: no offers, which one of two could be meant of.
NO_OFFERS = frozenset(
    (
        "send",
        "undo",
        "poll",
        "remind",
        "question",
        "complaint",
        "host",
        "privacy",
        "model",
        "facts",
        "text",
        "lots",
        "aside",
        "idle",
        "cost",
        "count",
        "stop",
        "feedback",
    )
)
#: A question with a subject of its own: "how do we get everybody to …".
HOW_TO = re.compile(
    r"\b(?:how|what) (?:do|can|could|should|would|shall|might) (?:we|i|you|one) (?!(?:it|that|this|these|them)\b)(?:\S+ ){4,}",
    re.IGNORECASE,
)
ASKING = re.compile(
    r"^(?:when|who|why|where|is|are|do|does|did|can i|which)\b|[?？]\s*$|[吗嘛谁]", re.IGNORECASE
)  #: a question, mostly
GOING_ON = ("more", "refine")  #: further ideas, which lose nothing where they were not wanted
#: Score from which a line says how ideas should be where some stand, though it may be a topic; and where it is hardly one. Of 24
#: topics of people who saw ideas the highest score was .29, of 90 such wishes half lie above.
REFINES, HINTED = 0.3, 0.18
SHOWN = 200  # characters of the line that are said again; a longer one is cut by the person who types it anew


def sentence(meant: Meaning, line: str, ideas: Sequence[Idea], *, anywhere: bool, read: bool = True) -> str:
    """The answer to talk.

    Args:
        meant: what it seems to mean.
        line: as typed.
        ideas: what stands in front of the person, top first.
        anywhere: there are ideas in the channel at all.
        read: the model reads the line's language; else a topic is only offered where nothing at all is sure.
    """
    tail = [topic(line)]
    intent = meant.leaning or (meant.likely[0] if meant.likely[0] in OF_IDEAS and not anywhere else "")
    if intent:
        told = [answer(intent, line, ideas, anywhere=anywhere, read=read)]
        return "\n".join([*told, *(tail if intent not in CHAT and read and may_be_topic(meant, line) else [])])
    named = [one for one in meant.named if one not in CHAT and (anywhere or one not in OF_IDEAS)][:MOST_NAMED]
    offers = [answer(one, line, ideas, anywhere=anywhere, read=read) for one in named if one not in NO_OFFERS]
    alone = [answer(one, line, ideas, anywhere=anywhere, read=read) for one in named][:1] or [_(UNSURE)]
    told = [_(UNSURE), _("Perhaps:"), *(f"• {one}" for one in dict.fromkeys(offers))] if offers else alone
    return "\n".join([*told, *tail])


def asks_of_an_idea(line: str) -> bool:
    """Whether all of a line is a question about an idea, which no meaning has to be looked up for."""
    return OF_AN_IDEA.fullmatch(straightened(line)) is not None


def introduced(model: str) -> str:
    """Who answers, to whoever asks; `model`: what makes the ideas, see `bot.services.models.serving`."""
    return _(ANSWERS["model"]).replace(MODEL, model)


def shaped(line: str) -> bool:
    """Whether a line has a topic's shape and points at nothing that stands there."""
    if HAN.search(line):
        return names_a_thing(line)
    text = line.casefold()
    return (TOPIC.search(text) or IDEAS_ASKED.search(text)) is not None and POINTING.search(line) is None


def is_talk(meant: Meaning, line: str, *, goes_on: bool = False) -> bool:
    """Whether a line is taken for talk; `goes_on`: ideas stand there that it may go on with, where nothing is lost."""
    if HAN_NAMING.search(line) and POINTING.search(line.lstrip("那就")) is None:
        return False
    if THINK.search(line) and POINTING.search(line) is None:
        return False
    if meant.likely[:1] == ("speak",) and longer(line):
        return False  # "write a speech" asks for nothing to be said aloud
    if meant.likely[:1] in OF_OTHERS and of_its_own(line):
        return False  # 三年级班规,孩子们自己能懂的
    if not meant.intent and HAN.search(line) and names_a_thing(line):
        return False
    if meant.likely[:1] not in OF_OTHERS and in_words(line):
        return False  # 牠為什麼會怕黑？給我幾個有趣的理由
    if meant.likely[:1] == ("send",) and GIFT.search(simplified(line)):
        return False
    if meant.likely[:1] == ("remind",) and HAN.search(line) and not HAN_REMINDS.search(simplified(line)):
        return False  # 初二(5)班 is a class, and no day of the calendar
    if meant.talk < (SHAPED if shaped(line) else TALK):
        return False
    return goes_on or not meant.unclear


#: What asks for a name or a line in Chinese, which is a topic: 那给我们的告警机器人起个名吧, 能写句宣传语吗.
HAN_NAMING = re.compile(
    r"(?:起|取|想|来|换)(?:一?个|几个|点)?[^，,。]{0,8}(?:名字?|花名|昵称|外号|艺名|队名|店名)(?:吧|呗|啊|呀|呢|好|$|"
    r"[，,。！!\s])|"
    r"(?:写|想|来|给|要|拟|编|出|配)(?:一?[句条个段份]|几[句条个]|点|我|我们)?[^，,。]{0,8}(?:宣传语|广告语|口号|标语|"
    r"文案|slogan|推送|开场白|祝福语|寄语|贺词|横幅)",
    re.IGNORECASE,
)


def goes_on(meant: Meaning, line: str) -> bool:
    """Whether a line is taken for how the ideas that stand there should be, which loses nothing where it was not meant so."""
    if meant.intent or shaped(line) or HAN_NAMING.search(line) or HOW_TO.search(line) or THINK.search(line) or of_its_own(line):
        return meant.intent in GOING_ON
    if meant.likely[0] in GOING_ON:
        return (meant.talk >= TALK and (not meant.scores or meant.scores[0] >= HINTED)) or meant.refine >= REFINES
    hinted = meant.talk >= TALK and meant.refine >= HINTED and meant.refine > meant.aside and not ASKING.search(line)
    return meant.refine >= REFINES or hinted


def may_be_topic(meant: Meaning, line: str) -> bool:
    """Whether somebody could want ideas for a line that was taken for talk, so that it is worth saying how to get them."""
    if TOPIC.search(line.casefold()):
        return True
    return POINTING.search(line) is None and (not meant.intent or meant.talk < UNCLEAR)


def topic(line: str) -> str:
    """How a line is made a topic all the same."""
    words = " ".join(line.split())
    return _("If it is a topic: {command}").format(command=f"/brainstorm {words}" if len(words) <= SHOWN else "/brainstorm …")
