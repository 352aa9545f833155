"""What people ask in words that Muselab does not do, and the sentence that says what can be typed instead. Rules, no model."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.services.chinese import simplified
from bot.services.talk.amounts import HAN_ONE, ORDINALS
from bot.words import N_, _

LONGEST = 90  # characters of such a line; what is longer tells a topic
_POLITE = r"(?:(?:please|can you|could you|now|ok|let'?s|i want to|we want to) )*"
_BOARD = (
    r"(?:the|our|my|this|whole|entire|all the|all our|all) ?(?:whole |entire )?(?:idea )?"
    r"(?:board|list|ideas?|channel|history|chat)"
)
_HAN_BOARD = r"(?:点子板|看板|榜单|板子|点子|列表|内容|记录)"
_ONE = rf"(?:the )?(?:number |idea |no )?#?(?:\d{{1,4}}|{'|'.join(ORDINALS)})(?: one)?"
_SORTED = r"(?: (?:them|these|those|it|the (?:ideas|list|board|names)))?(?: in(?:to)?)? "
_OBJECT = (
    r"(?:(?:them|these|those|it)(?: all)?|everything|all of (?:them|these|those)|"
    r"(?:all )?(?:the|my|our|these|those)(?: (?:\d{1,2}|two|three|four|five|ten))? "
    r"(?:ideas?|list|board|names|options|suggestions|ones))"
)
#: What nobody here can tell of an idea.
_CRITERION = (
    r"(?:costs?|prices?|expenses?|budget|money|efforts?|work(?:load)?|difficulty|ease|complexity|simplicity"
    r"|feasibility|practicality|"
    r"impact|value|benefits?|roi|returns?|risks?|safety|quality|usefulness|relevance|originality|creativity|novelty|importance|"
    r"priority|urgency|potential|profit|revenue|sustainability|fit|speed|time needed|(?:cost|effort)[ -]benefit)"
)
_EXTREME = r"(?:most [a-z]+|least [a-z]+|[a-z]+est)"
_SORT = r"(?:sort|order|arrange|rank|rate|grade|score|prioriti[sz]e|compare|list|group|put)"
_BY = r"(?:by|in (?:the )?order of|according to|based on|in terms of|with)"
_VOTED = (
    r"(?:(?:the )?(?:(?:number|amount) of |most |how many )?(?:votes|likes|thumbs)|popularity|score|rating|ranking|theme|topic)"
)
_WELL = r"(?:(?:and|so|but|ok|okay|well|hm+|now|then|honestly|please|tell me|any idea)[, ]+)*"
_DOING = (
    r"(?:,? (?:to (?:do|make|build|set up|run|try|start|implement|organi[sz]e|pull off|produce|realise|realize|use"
    r"|launch|buy|get|work|"
    r"succeed|sell|explain|remember|spell|say|pronounce)|for .{1,40}|with .{1,30}|in .{1,30}|here|and why|overall|do you think))*"
)
#: One idea, named so that nothing else can be meant: "number 2", "the third one", "4".
_ONE_IDEA = (
    rf"(?:the )?(?:number |idea |option |no |nr )#?\d{{1,4}}|#?\d{{1,3}}|"
    rf"(?:the )?(?:{'|'.join(ORDINALS)})(?: (?:one|idea|option|name|suggestion))?"
)
#: By the sentence: what all of a line must fit.
RULES: Mapping[str, re.Pattern[str]] = {
    N_("Muselab translates nothing. Say “in Chinese” or “in English” for new ideas in that language."): re.compile(
        r"(?:把|将)?.{0,6}(?:翻译|译)(?:成|为)(?:德|法|日|韩|俄|西班牙|意大利|葡萄牙|阿拉伯)[语文]",
        re.IGNORECASE,
    ),
    N_(
        "No word empties a board, so that nothing is lost by accident. /hide and a number takes one idea off it, /delete the "
        "last list; /board shows what is left."
    ): re.compile(
        rf"{_POLITE}(?:clear|empty|reset|wipe|clean|delete|erase|remove)(?: out| up)? "
        rf"(?:{_BOARD}|everything|all|all of (?:it|them))|"
        rf"(?:请|帮我)?(?:把)?(?:清空|清除|清掉|删除|删掉)(?:一下)?(?:所有|全部)?(?:的)?{_HAN_BOARD}|"
        rf"(?:请|帮我)?把(?:所有|全部)?{_HAN_BOARD}(?:都|全部|全)?(?:清空|清除|清掉|删除|删掉|删了)",
        re.IGNORECASE,
    ),
    N_(
        "Nobody can put two ideas of their choice to a vote. /duel shows each of you two ideas and asks which is better; for one "
        "idea, write “/vote 2 up”. /board shows who leads."
    ): re.compile(
        rf"{_POLITE}(?:(?:let|have|make|ask|get) (?:\S+ ){{1,3}}?(?:to )?|(?:can|could|should|shall) (?:\S+ ){{1,3}}?)?"
        rf"(?:hold |take |have |start )?(?:a |the )?"
        rf"(?:vote|poll|voting|choose|decide|pick)(?: now)? "
        rf"(?:between|from|among) (?:the (?:first )?two|these two|{_ONE}(?:(?:,| and| or| vs\.?| versus)+ {_ONE})+)|"
        rf"{_POLITE}(?:vote|voting|poll)(?: now)?(?: on| for)? {_ONE} (?:or|and|vs\.?) {_ONE}|"
        rf"{_POLITE}{_ONE} (?:vs\.?|versus|against) {_ONE}",
        re.IGNORECASE,
    ),
    N_(
        "I cannot judge what ideas cost, how easy they are or how well they would do. People's votes order them: 👍 and 👎 "
        "beside an idea, /duel (two at a time) and /round (in a group); /board shows the order."
    ): re.compile(
        rf"{_POLITE}{_SORT}(?: {_OBJECT})? {_BY} (?:the |their |its |total |estimated |expected |likely |highest |lowest )*"
        rf"{_CRITERION}(?:(?:,| and| or| then|/| vs\.?| versus)+ {_CRITERION})*(?: please)?|"
        rf"{_POLITE}{_SORT} {_OBJECT} {_BY} (?!{_VOTED})(?:how|what|which|who|whether|when) .{{1,50}}|"
        rf"{_POLITE}(?:{_SORT} (?:{_OBJECT} )?)?(?:from )?(?:the )?{_EXTREME} to (?:the )?{_EXTREME}(?: please)?|"
        rf"{_POLITE}(?:(?:can|could|should|shall) we )?{_SORT} {_OBJECT} from "
        r"(?:the )?(?:least|most|low|high) to (?:the )?(?:least|most|low|high)(?: [a-z]+)?"
        rf"(?: please)?|"
        rf"{_POLITE}(?:{_SORT} {_OBJECT} )?(?:(?:put|list|show)(?: me| us)? )?(?:the )?{_EXTREME}(?: (?:ones?|ideas?|options?))?"
        rf"(?<!best)(?<!latest)(?<!newest)(?<!oldest) "
        rf"(?:first|on top|at the top|to the top)(?: please)?",
        re.IGNORECASE,
    ),
    N_(
        "Which idea is cheapest, easiest or likeliest to work I cannot judge. For others that are so say how: "
        "“cheaper”, “easier to "
        "do”. People's votes say which they think best: “/vote 2 up”, /duel; /board shows the order."
    ): re.compile(
        rf"{_WELL}(?:which|what(?= one| idea| name| of))(?: ones?| ideas?| names?| options?)?(?: of (?:these|those"
        rf"|them|the ideas))? "
        rf"(?:is|are|would be|will be|do you think is|seems?|looks?) (?:the )?(?:(?:most|least) (?!popular|liked|voted)[a-z-]+|"
        rf"(?!best\b|latest|newest|oldest|greatest|last)[a-z]+est)(?: (?:one|ones|idea|option|of all|of them))?{_DOING}|"
        rf"{_WELL}(?:which|what(?= one| idea| name| of))(?: ones?| ideas?| names?| options?)?(?: of (?:these|those"
        rf"|them|the ideas))? "
        r"(?:can|could|would|should|do|might) (?:we|i|you|people|one) (?:[a-z]+ ){1,3}?(?:the )?(?:fastest|quickest"
        r"|cheapest|soonest|easiest|"
        r"most (?:easily|cheaply|quickly)|with (?:the )?(?:least|fewest|most) [a-z]+)|"
        rf"{_WELL}what(?:'?s| is| are| would be) the (?:(?:most|least) (?!popular|liked|voted)[a-z-]+|(?!best\b|latest"
        rf"|newest|oldest|last)[a-z]+est) "
        rf"(?:one|of (?:these|them|those|the ideas)|(?:one|idea|option) of (?:these|them|those))(?: here)?{_DOING}|"
        rf"{_WELL}(?:which|what(?= one| idea| name| of))(?: ones?| ideas?| names?| options?)?(?: of (?:these|those"
        rf"|them|the ideas))? "
        r"(?:would |will |do |does |could |might )?(?:costs?|takes?|needs?|uses?|requires?|brings?|makes?|saves?"
        r"|earns?) (?:us |me )?(?:the )?"
        rf"(?:least|most|fewest|less)(?: [a-z]+){{0,3}}",
        re.IGNORECASE,
    ),
    N_(
        "Why an idea would be good, and whether people would like it, I cannot say: I only make ideas. “/polish {n} "
        "vivid” says it in "
        "more words, “arguments against {n}” makes counter-arguments, and /why {n} says why it stands where it stands."
    ): re.compile(
        rf"{_WELL}why (?:would|should|could|will|does|do|might|did|is|was|must) (?:(?:we|i|you|people|anybody|anyone"
        rf"|somebody|someone|they|"
        r"(?:my|our|the) [a-z]+) )?(?:(?:ever|even|actually|really|want|do|like|use|try|buy|pick|choose|take|go with"
        r"|go for|think|suggest|"
        rf"need|care about|care for|vote for|propose)(?: to)? )*(?P<one>{_ONE_IDEA})(?: (?:(?:is |be |was )?(?:(?:such "
        rf"|really |so )*"
        r"(?:an? )?(?:good|great|better|best|nice|clever|smart|funny|strong|fun)(?: (?:idea|one|choice|option))?)(?: "
        r"(?:than|for|to) .{1,30})?|"
        r"works?|make sense|help|sell|succeed|appeal|fly|matter)(?: (?:for|with|in|to|at|so) .{1,30})?(?: well| better| best)?)?|"
        rf"{_WELL}what(?: would| could| does)? makes? (?P<made>{_ONE_IDEA})(?: so| such| really)?(?: an?)?"
        r"(?: (?:good|great|better|best|special|work|works|funny|nice|strong|stand out|different|interesting|fun)(?: "
        r"(?:idea|one|choice))?)"
        r"(?: than .{1,30}| for .{1,30})?|"
        rf"{_WELL}(?:would|will|do you think|could) (?:people|anybody|anyone|customers|kids|they|users|guests|(?:my"
        rf"|our|the) [a-z]+) "
        rf"(?:would |will |really |actually |even )*(?:like|love|want|buy|use|enjoy|pay for|go for|get|understand) "
        rf"(?P<liked>{_ONE_IDEA})|"
        rf"{_WELL}what (?:would|do|does|did|will|might|could) (?:people|anybody|anyone|customers|kids|they|users|guests|everyone|"
        r"others|(?:my|our|the|an?) [a-z]+(?: [a-z]+)?) (?:say|think) (?:of|about|to) "
        rf"(?:(?P<thought>{_ONE_IDEA})|(?:all (?:of )?)?(?:these|those|them|this|that|it)(?: ideas| names| ones)?|the ideas)",
        re.IGNORECASE,
    ),
    N_(
        "An idea is not turned into another one that way. Write it anew yourself: “/edit {n} …”; or have others made that are "
        "like it: “/more {n} --style …”."
    ): re.compile(
        rf"(?:请|帮我们?|能不能|可以|麻烦)*(?:把|将)(?P<turned>{HAN_ONE})(?:给)?(?:再)?"
        r"(?:改|换|变|弄|做|调整|改造|改编|优化|升级)(?:一?下)?(?:成|为|得|到)"
        r"(?!.{0,3}(?:海报|标志|图|画|诗|曲|歌|视频|短片|英文|中文|短|简|长|具体|详细|生动|清楚|通俗|口语))"
        r".{2,20}(?:的|一点|一些|点|版本?)(?:吧|吗)?",
    ),
    N_(
        "Who voted for what is shown to nobody. /board shows the votes of each idea, and /why {n} what those of one come to."
    ): re.compile(
        rf"{_WELL}(?:who (?:all )?(?:has |have |did )?(?:already )?(?:voted?|voting)"
        r"(?: (?:so far|already|yet|on (?:these|them|this)|for what|for which))*|"
        r"(?:show|tell)(?: me| us)? who (?:has )?voted(?: for (?:what|which)(?: one)?)?)|"
        r"(?:都)?(?:有)?(?:谁|哪些人|哪几个人)(?:都)?(?:投|投过|投了)(?:过)?票?(?:了|呢|啊|过|的)*|(?:谁)(?:投|给)(?:的|了)票?",
        re.IGNORECASE,
    ),
    N_(
        "Ideas are ordered by what people think of them: /board. They cannot be sorted otherwise; /export writes a file that can."
    ): re.compile(
        rf"{_POLITE}(?:sort|order|arrange|rank|put){_SORTED}"
        r"(?:(?:an? )?alphabetical(?:ly)?(?: order)?|by (?:alphabet|name|names|letters?|length|date|time))(?: please)?|"
        r"alphabetical(?:ly)?(?: order)?(?: please)?|"
        r"(?:请|帮我)?(?:把)?(?:它们|这些|点子)?(?:按照?|以)(?:字母|拼音|笔画|时间|长短|长度|首字母|字数)(?:顺序)?"
        r"(?:排序?|排列|排一下)(?:一下)?",
        re.IGNORECASE,
    ),
}


def why(line: str) -> str:
    """Why what a line asks is not done, and what to type instead; empty where it asks no such thing."""
    text = " ".join(simplified(line).split()).strip(" ?!.。！？")
    if len(text) > LONGEST:
        return ""
    found = ((sentence, rule.fullmatch(text)) for sentence, rule in RULES.items())
    return next((_(sentence).replace("{n}", _named(match)) for sentence, match in found if match is not None), "")


def _named(match: re.Match[str]) -> str:
    """The idea that a line names, as it is typed; the second, as in other examples, where it names none."""
    said = next(filter(None, match.groupdict().values()), "")
    digits = re.search(r"\d+", said)
    place = next((place for word, place in ORDINALS.items() if word in said.casefold().split()), 0)
    return digits[0] if digits else str(place) if place > 0 else "2"
