"""What a line says without what is only polite: "could you make it shorter, please" is "make it shorter"."""

from __future__ import annotations

import re
import unicodedata

POLITE = re.compile(
    r"^(?:(?:can|could|would|will|may|please|pls|kindly|hey|ok|okay|yes|h+m+|um+|uh|oh|ah+|wait|well|great|nice|"
    r"thanks|thank you|and|now|then|so|no(?=, )|actually|also|sorry|honestly|maybe|perhaps|alright|all right|i meant?"
    r"|i'd (?:prefer|rather have)|"
    r"we'd (?:prefer|rather have)|i prefer|we prefer|i'd|we'd|let's|"
    r"let s|lets|i d|i would|i|we|you|us|me|want|need|like to (?:see|have|get)|like (?=more|some|a few)|give|show|get|have|"
    r"do|make (?=more|some|a few)|try (?=more|some|again))(?:,)? )+|"
    r"(?:,? (?:please|pls|thanks|thank you|though|maybe|for me|for us|if you can|if possible|this time|next time))+$"
)
HAN_POLITE = re.compile(
    r"^(?:那么?|请你?|麻烦你?|能不能|能否|可以|可不可以|帮我|给我|我(?:想要|想|要)|再?请|好的?|嗯)+|"
    r"(?:谢谢|好吗|可以吗|行吗|行不行|好不好|可不可以|可以不|吧|吗|呢|啊|呀|一下|啦)+$"
)

#: What people say before and behind what they mean, in a line without signs: "oh ok, I think number 2 it is, thanks".
BEFORE = re.compile(
    r"^(?:(?:ok|okay|yes|yeah|yep|yup|o+h+|wow|ah+|aha|h+mm*|um+|uh|well|so|and|but|then|now|also|actually|honestly|wait|sorry|"
    r"alright|all right|right|great|nice|cool|lovely|hey|hi|hello|please|pls|maybe|perhaps|i think|i guess|i d say|i would say|"
    r"for me|guys|team|everyone|folks|muselab|thanks|thank you) )+"
)
BEHIND = re.compile(
    r"(?: (?:please|pls|thanks|thank you|thx|then|now|for me|for us|i think|i guess|though|instead|actually|tbh|honestly"
    r"|after all|right away|asap"
    r"|everyone|guys))+$"
)


#: What a Chinese line may begin with before it asks for something else, and end with: 算了，画个…, 那给…起个名吧.
HAN_LED = re.compile(
    r"^(?:(?:算了|算啦|服了|无语|醉了|谢啦|谢谢(?:你|啦)?|多谢|好吧|好的?|行吧?|嗯+|哦+|哈+|好了|好嘞|可以|话说|对了|"
    r"不管了|随便|得了|没事|收到|明白|换一个|换个|"
    r"再来一个|ok|okay|hi|hello)[,，。！!~～：: ]+|那就?(?=[给帮画写来做起取编唱把])|顺便(?=[给帮画写来做起取编唱把]))+",
    re.IGNORECASE,
)
#: What was said in sentences before the one that asks for a work: 还是没雪，算了。画一张：雪夜的小屋.
HAN_BEFORE = re.compile(
    r"^.{1,40}[。！!？?…~～😂🤣\s]\s*(?=(?:请|麻烦|帮我们?|给我们?|那|就|重新|再|来)*(?:画|写[一首篇]|来[张首段]|谱|"
    r"配[段首]|做[张个]海报))"
)
#: What may answer whether an idea is liked.
ANSWER = re.compile(
    r"(?:赞|踩|赞成|反对|支持|不支持)[了的呀啊。！!]*|(?:yes,? |yeah,? |oh,? )*(?:for|against) it[.!]*", re.IGNORECASE
)
#: The same in English: "never mind. Could you do a little poem about peas?"
WORK_BEHIND = re.compile(
    r"^[^\u3400-\u9fff]{1,100}[.!?]\s+(?=(?:(?:can|could|would|will) (?:you|we|i) (?:please )?(?:have |get )?|please |"
    r"now |just |and |also |then |ok |okay )*"
    r"(?:draw|write|make|do|compose|paint|create|design|give)? ?(?:me |us )?(?:an? |one |some )(?:\S+ ){0,3}"
    r"(?:poem|haiku|limerick|poster|logo|picture|image|drawing|song|tune)\b)",
    re.IGNORECASE,
)
HAN_CLOSED = re.compile(r"(?:吧|呗|咯|喽|哈|呀|啊|哦|嘛|好不好|行不行|可以吗|行吗)+[!！。~～]*$")


LEAST_LEFT = 3  # characters of what asks for something


def led(text: str) -> str:
    """A line without what it only begins and ends with, Chinese mostly; empty where that changes nothing, or leaves nothing."""
    rest = HAN_CLOSED.sub("", HAN_LED.sub("", HAN_BEFORE.sub("", WORK_BEHIND.sub("", text, count=1), count=1), count=1))
    return rest if rest != text and len(rest) > LEAST_LEFT else ""


def plainly(text: str) -> str:
    """A line without signs, in small letters, without what is only said before and behind what is meant."""
    return BEHIND.sub("", BEFORE.sub("", text))


def tidied(line: str) -> str:
    """The line without emoji, quotation marks, closing signs and polite words; small letters."""
    folded = unicodedata.normalize("NFKC", line).casefold()
    plain = "".join(char if unicodedata.category(char)[0] in "LNZ" or char in "#&-,，。'’%+" else " " for char in folded)
    text = re.sub(r"[\s]+", " ", plain.replace("’", "'").replace("#", "")).strip(" ,，。'-")
    return politely(politely(text, POLITE))


def trimmed(line: str) -> str:
    """The line as it was written, without polite words around it; see `tidied`."""
    bare = tidied(line)
    at = line.casefold().find(bare)
    return line[at : at + len(bare)] if bare and at >= 0 else bare or line


def politely(text: str, rule: re.Pattern[str] = HAN_POLITE) -> str:
    """A text without polite words before and behind."""
    before = ""
    while before != text:
        before, text = text, rule.sub("", text).strip(" ,，。")
    return text
