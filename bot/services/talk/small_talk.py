"""What people say that asks for no ideas: greetings, thanks, a call for help. Rules, no model."""

from __future__ import annotations

import re

from bot.services.chinese import simplified
from bot.services.talk.plain import plain

LONGEST = 120  # characters of a line that may be small talk; nobody greets at greater length
#: Where a word ends: behind every Chinese character, else before a space.
END = r"(?:(?= |$)|(?<=[\u3400-\u9fff]))"

#: Each piece of a line that is nothing but small talk; what it is, by the first that fits.
SMALL_TALK = {
    "help": re.compile(
        r"(?:help(?: me)?|what (?:can|do) (?:you|u) do|who are you|what are you|what is (?:this|muselab)|"
        r"how (?:do|can|should|would) (?:i|we|you|one) (?:vote|rate|pick|edit|export|delete|undo|remix|react|hide)"
        r"(?: (?:on|for|an?|the|my|our|all|this|that|ideas?|it|them|one|board|votes?))*|"
        r"how (?:do|does|can|should) (?:i|this|it|you|we|muselab)(?: use)?(?: (?:you|it|this|work|muselab|start|begin))?|"
        r"how to use (?:this|you|it|muselab)|is (?:this|it|muselab) (?:free|safe|private)|"
        r"how much (?:is|does) (?:this|it)(?: cost)?|"
        r"(?:怎么|如何|怎样)(?:删除?|撤回|撤销|投票|导出|恢复|隐藏|修改)(?:点子|投票|它)?|清空|"
        r"commands|usage|instructions|(?:the )?manual|"
        r"帮助|求助|求救|帮忙|帮帮我|帮帮忙|帮我|救命|(?:怎么|怎样|如何)(?:使?用|玩)(?:你|它|这个)?|"
        r"(?:请问|我|我们|想问一?下?|麻烦问一?下|第一次来?用?|不太?会用"
        r"|新手|刚来|不知道|不清楚|该|要|应该|得|先|这个|这里|这机器人|跟你聊?| )*"
        r"(?:怎么|怎样|如何|从哪里?|从哪儿|从何)(?:才能)?(?:开始|上手|入门|起步|操作|使用|用|弄)(?:聊|跟你聊|比较好|"
        r"才好|才对|好)*|"
        r"(?:请问|我|我们|第一次来?用?|不太?会用|不知道|不清楚|该|要|应该|得|先| )*"
        r"(?:第一步|一开始)?(?:该|要|得|应该|先)+"
        r"(?:做|干|打|输入|说|写)(?:什么|啥)|"
        r"你?(?:会|能|可以)(?:做|干)?(?:什么|啥|些什么|嘛|吗)|你是(?:谁|什么)|你?(?:到底)?(?:是|能|会)?(?:干嘛|干啥|"
        r"做啥|做什么|干什么|有啥用|有什么用)(?:的|用的)|这(?:个)?(?:是)?(?:什么|啥)(?:机器人|东西)?|你(?:是|"
        r"算)?个?(?:什么|啥)(?:机器人|东西)|(?:使用)?说明|功能|命令|有(?:什么|哪些)功能|指令)" + END
    ),
    "hello": re.compile(
        r"(?:hi+|hello+|hey+a*|hiya+|h[au]llo+|g day|"
        r"yo|howdy|greetings|(?:good )?morning|good (?:afternoon|evening|day)|what s up|whats up|sup|"
        r"how are you(?: doing)?(?: today)?|nice to meet you|any(?:body|one) (?:here|there|home)|"
        r"are you (?:here|there|awake|alive|ok|online)|is (?:this|it|the bot) (?:thing )?(?:on|working|alive)|test|"
        r"testing|ping|"
        r"(?:你|您)?(?:会|能不能|能|可以)(?:用|说|讲|懂|看懂|听懂)(?:中文|汉语|普通话)(?:回答|回复|聊天?|交流|说话?|讲)?|"
        r"你们?好|您好|大家好|嗨|哈喽|哈啰|哈罗|嘿|(?:早上|上午|中午|下午|晚上)好|早安|早|在吗|在不在|你在吗|有人吗|测试)" + END
    ),
    "thanks": re.compile(
        r"(?:(?:many )?thanks(?: a lot| a bunch| a million)?|thank (?:you|u)|thx|ty|tysm|cheers|much appreciated|appreciate it|"
        r"(?:great|good|nice|lovely|awesome|brilliant|excellent|amazing|perfect|cool|wonderful|fantastic|super)"
        r"(?: (?:one|job|work|stuff|bot|ideas?))?|well done|"
        r"you (?:are|re|r) (?:so |very |really |pretty |quite |the )*(?:funny|great|good|nice|lovely|awesome|amazing|"
        r"brilliant|cool|sweet|clever|smart|helpful|best|hilarious|fun|cute)|"
        r"wow|love (?:it|them|this|these)|so (?:good|nice|cool)|"
        r"谢谢|多谢|感谢|谢啦|谢了|谢过|辛苦了?|(?:都|全都?)(?:很|挺|蛮|真)?(?:好|不错|棒)的?|太好了|太棒了|很好|真好|"
        r"不错|真?棒|好棒|厉害|赞|哇)" + END
    ),
    "okay": re.compile(
        r"(?:o+k(?:ay)?|kk?|yes|yep|yeah|yup|no|nope|nah|sure|fine|alright|all right|got it|i see|understood|right|hm+|mm+|lol|"
        r"sorry|my bad|oops|done|finished|that s all|that is all|you (?:suck|are (?:bad|stupid|useless))|"
        r"(?:ha)+h?|(?:he)+h|bye(?: bye)?|good ?bye|see (?:you|ya)(?: later| soon| tomorrow)?|later|good ?night|never ?mind|"
        r"你?(?:好|真|太|可真|也太|有点)(?:傻|笨|逗|蠢|呆|菜|可爱|好笑|搞笑|聪明|有趣|有意思|幽默)|笑死(?:我|人)?了?|6{2,}|"
        r"好的?|行|可以|嗯+|哦+|噢|知道了|明白了?|收到|了解|是的?|对的?|不用了?|不是|不|没事|没关系|再见|拜拜|晚安|哈+|呵+|"
        r"(?:今天|先|就|那就)*(?:这样|到这儿?里?|到此为止|这些|够|可以|好)(?:就)?(?:够|行|好|可以)?(?:了|吧)+|(?:就|"
        r"先)(?:这样|这些)|够了|还行|还可以|凑合|"
        r"(?:我们?|让我们?)再?(?:想想|想一想|考虑一下|考虑考虑|看看))" + END
    ),
}
#: Who is spoken to, and fillers; they make nothing else of small talk.
BESIDE = re.compile(
    r"(?:there|all|everyone|everybody|folks|team|guys|friends?|mate|dear|muse|muselab|bot|again|very much|so much|"
    r"to you|you too|"
    r"please|pls|and|then|so|that s|thats|it s|its|is|was|very|really|a lot|for (?:that|this|these|those|everything|the help|"
    r"your help)|you|啊|呀|呢|吗|了|你|您|大家|朋友们?|老师|亲爱的|亲|宝贝?|小助手|机器人|助手|老板|同学们?|各位|"
    r"太|真|特别|十分|万分|"
    r"吧|哦|的|啦|哈|很|非常|请|一下)" + END
)


def small_talk(line: str) -> str:
    """What a line says that asks for no ideas: "hello", "thanks", "okay", "help"; empty for any other line.

    A line is small talk when all of it is: "thanks" is, "thanks for our volunteers, in five words" is a topic.
    """
    if len(line) > LONGEST:
        return ""
    text = plain(simplified(line))
    if not text:
        return "okay" if line.strip() else ""
    kinds: list[str] = []
    while text:
        matches = [(match.end(), kind) for kind, rule in SMALL_TALK.items() if (match := rule.match(text))]
        end, kind = max(matches, key=lambda one: one[0], default=(0, ""))
        beside = BESIDE.match(text)
        if beside is not None and beside.end() > end:
            end, kind = beside.end(), ""
        if not end:
            return ""
        kinds += [kind] if kind else []
        text = text[end:].lstrip()
    return next((kind for kind in SMALL_TALK if kind in kinds), "")


HOW_TO = re.compile(
    r"\b(?:how (?:do|can|should|would) (?:i|we|you|one)) (?P<verb>vote|rate|pick|edit|export|delete|remix|react|hide|undo)\b|"
    r"(?:怎么|如何|怎样)(?P<han>删除?|撤回|撤销|投票|导出|恢复|隐藏|修改)"
)
#: The command whose help answers how something is done.
ANSWERS = {
    **dict.fromkeys(("delete", "删", "删除"), "hide"),
    **dict.fromkeys(("undo", "撤回", "撤销", "投票"), "vote"),
    "rate": "stars",
    "react": "emoji",
    "导出": "export",
    "恢复": "restore",
    "隐藏": "hide",
    "修改": "edit",
}


def asked_of(line: str) -> str:
    """The command that somebody asks how to use: "how do I vote"; empty where none is named."""
    match = HOW_TO.search(plain(simplified(line)))
    verb = (match["verb"] or match["han"]) if match else ""
    return ANSWERS.get(verb, verb)
