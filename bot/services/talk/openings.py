"""What a topic begins and ends with that is none of it: "hey there, could you please give us …, thank you". Rules, no model."""

from __future__ import annotations

import re

#: What people ask for.
THINGS = (
    r"(?:names?|ideas?|slogans?|taglines?|titles?|headlines?|mottos?|options?|suggestions?|ways|gifts?|jokes?|"
    r"activities|themes?|"
    r"hashtags?|tips|examples?|concepts?|captions?|puns|questions?|features?|haikus?|poems?|stories|plots?|games?|recipes?|"
    r"songs?|topics?|mascots?|icebreakers?)"
)
_WHO = r"(?:there|all|everyone|everybody|team|guys|folks|friends?|again|both|muselab|muse|bot|robot|you)"
_GREETS = (
    r"(?:hi+|hello+|hey+a*|hiya|yo|howdy|greetings|good (?:morning|afternoon|evening|day)|(?:morning|evening|"
    r"afternoon)(?=[,!]))"
)
#: Verbs of whoever is asked, and what a person says of having.
_GIVE = (
    r"(?:give|gimme|get|have|show|find|suggest|propose|recommend|brainstorm|think (?:of|up)|come up with|write|make|"
    r"list|create|"
    r"generate|do|help (?:me|us|out)?(?: (?:to )?(?:find|with|brainstorm|come up with|think (?:of|up)|choose|write|get))?)"
)
_GIVING = r"(?:giving|suggesting|finding|thinking (?:of|up)|coming up with|writing|making|helping (?:me|us) (?:find|with))"
_REQUEST = (
    r"(?:(?:ok|okay|so|and|well|please|pls|now|maybe|perhaps)[,!]? )*"
    rf"(?:(?:(?:can|could|would|will) (?:you|u|ya|we|i|somebody|someone|anybody|anyone)"
    r"(?:,? (?:please|kindly|maybe|perhaps|quickly))* )?"
    rf"{_GIVE}"
    rf"|would you mind {_GIVING}"
    rf"|(?:i|we)(?:'m| am|'re| are| was| were)? (?:just )?(?:wondering|hoping|asking) (?:if|whether|that) you (?:could"
    rf"|can|would|might) {_GIVE}"
    r"|(?:i|we)(?:'d|'m|'re| would| am| are| could| can)?(?: really| just| also)? (?:need|want|like|love|use"
    r"|be looking for|looking for|"
    r"trying to find|searching for|in need of|after)(?: to (?:find|have|get|see|brainstorm|hear|request"
    r"|ask (?:you )?for))?(?: (?:some )?help with"
    r"| (?:some )?help finding)?"
    r"|(?:looking|searching) for|need(?: help with)?|in need of|do you have|have you got|got|are there|is there|any)"
    r"(?: me| us)?,?(?: please)?"
)
#: A greeting before a request or a topic; "hello kitty party" and "hi-fi shop names" have none.
GREETING = re.compile(
    rf"{_GREETS}(?:,? {_WHO}\b)*(?:[,.!:;]+\s+|\s+[–-]\s+|\s*[:;]-?[)DP]\s+)(?=\S+ \S)|"
    rf"{_GREETS}(?: {_WHO}\b)+\s+(?=\S+ \S+ \S)|"
    rf"{_GREETS}\s+(?={_REQUEST} \S)|dear (?:{_WHO} ?)+[,.!:;]*\s+(?=\S+ \S)|"
    rf"(?:muselab|muse|bot|team|guys)[,!:]\s+(?={_REQUEST} \S)",
    re.IGNORECASE,
)
HAN_GREETING = re.compile(
    r"(?:你们?好|您好|大家好|嗨|哈喽|哈啰|早上好|上午好|下午好|晚上好|早安)(?:啊|呀)?[，,。！!\s]+(?=\S{4})"
)
#: Nothing but greetings and fillers, with a sign behind or before a request: "hi ok so. names for a choir".
_FILLS = (
    rf"(?:{_GREETS}|ok(?:ay)?|so|well|right|um+|uh+|er+|hm+|alright|all right|now|then|yes|yeah|cool|great|basically|"
    rf"anyway|and|"
    rf"oh|ah|wait|listen|look|guys|team|all|there|everyone|muselab)"
)
FILLED = re.compile(
    rf"^{_FILLS}(?:[,.!: …-]+{_FILLS})*(?:\s*[,.!:…–-]+\s+(?=\S+ \S)|\s+(?={_REQUEST} \S)|"
    rf"(?:(?<= so)|(?<= um)|(?<= uh)|(?<= ok))\s+(?={THINGS} (?:for|about|to)\b))",
    re.IGNORECASE,
)
#: Before a question: "ok and how do I …", and what offers a thing: "what about a song for …".
AND_ASKED = re.compile(
    r"^(?:(?:ok(?:ay)?|so|and|but|well|now|then|hm+)[, ]+)+(?=(?:how|what|which|who|when|where|why) (?:do|does|can|"
    r"could|should|"
    r"would|is|are|to|will|if)\b)|^(?:(?:ok(?:ay)?|so|and|but|well|now|then)[, ]+)*(?:what|how) about (?=(?:an?|some) \S+ \S)",
    re.IGNORECASE,
)
AND_NOW = re.compile(r"^(?:(?:now|next|then|so|and|ok|okay|well|today|again)[,]? )+(?=\S+ \S)", re.IGNORECASE)
#: "new topic: names for our newsletter"
ANNOUNCED = re.compile(
    r"^(?:(?:(?:and|ok|okay|now|right|so|well|alright|great|hey|moving on|cool|thanks|anyway),? )*"
    r"(?:(?:a |the |my |our )?(?:new|next|another|other|different|separate|unrelated|diff) "
    r"(?:topic|question|task|one|theme|thing|subject|idea|matter|q|problem|issue|note)|next(?: up)?|off[ -]?topic|"
    r"unrelated|separately|"
    r"something (?:else|different|new)(?: (?:entirely|now|completely))?|"
    r"(?:on )?(?:a |an )?(?:different|another|other) note|changing (?:the )?(?:topic|subject)|(?:new|different) one|"
    r"let me rephrase(?: that| it)?|in other words|rephrased|put differently|"
    r"topic|question|brainstorm(?:ing)?|ideas (?:wanted|needed)|request|prompt|wanted|needed|task)"
    r"(?: is| here| though| tho| now| for you)?\s*(?::|\s[–-]|[.!,](?=\s))\s*)(?=\S+ \S)",
    re.IGNORECASE,
)
#: The same in Chinese: 换个话题, 先不聊这个, 接下来.
HAN_ANNOUNCED = re.compile(
    r"^(?:好了?|行了?|那|嗯|哦|哎|诶)*[，, ]*(?:换个?(?:话题|事儿?|问题|主题|别的)|(?:先)?不[聊说谈]这个了?|算了[，, ]*换一?个|"
    r"下一个(?:话题|问题)?|接下来|另外(?:一?[个件]?(?:事|问题))?|"
    r"说(?:个?正事|个别的|点别的|件别的事)|话说(?:回来)?|还有(?:个|件)事|再问(?:个|一个)|新(?:话题|问题|题目)|next|"
    r"另一?个?(?:话题|事|问题))[：:，,。.!！\s]+(?=\S{4})",
    re.IGNORECASE,
)
#: What is said before a topic, in a sentence of its own: "ok prove it. ideas to …", "cool, let's see. slogans for …".
CHATTER = re.compile(
    r"^(?:(?:ok(?:ay)?|alright|all right|right|well|so|cool|great|fine|nice|sure|hm+|lol|haha|good|yes|yeah|no|wow|"
    r"hey)[,!.]* )*"
    r"(?:prove it|"
    r"(?:forget|scrap|drop|leave|skip) (?:that|it|this)(?: one)?|never ?mind|whatever|fair enough|not that|"
    r"let'?s (?:see|go|try|begin|start|do (?:this|it)|try (?:this|it|another|something)(?: (?:one|out))?)|"
    r"here (?:we go|goes|it is)|show (?:me|us)(?: what you(?:'ve| have| can)? (?:got|do))?|impress (?:me|us)|"
    r"challenge accepted|no pressure|your turn|"
    r"first (?:one|up|try|question|test)|next (?:one|up|question)|moving on|then|try this|"
    r"(?:a )?(?:quick|little|small) (?:one|test|question)|"
    r"question|i(?:'m| am) (?:bored|stuck|back|new here|out of ideas)|"
    r"we(?:'re| are) (?:stuck|back|out of ideas)|i have a question|"
    r"test|this is (?:a test|urgent|fun|great)|bear with me|think hard)[.!:,;…]+ +(?=\S+ \S)",
    re.IGNORECASE,
)
#: Who somebody is, behind a greeting: "my name is Tom and I need …".
INTRODUCED = re.compile(
    r"^(?:[Mm]y name is|[Mm]y name's|[Ii]'m|[Ii] am|[Tt]his is) [A-Z][\w'-]*(?: (?:from|here|at) [\w'-]+)?(?:,| and|\.|"
    r",? and) +",
    re.ASCII,
)
#: What a request begins with before it says what is wanted: "I need ideas for …", "can you give me some names for …".
POLITELY = re.compile(
    rf"{_REQUEST}(?: some| a few| a couple of| any| an?| the| new| good| nice)* (?P<rest>(?:\S+ ){{0,3}}?{THINGS} (?:for"
    rf"|about|of|to|on) .+)",
    re.IGNORECASE | re.DOTALL,
)
PLEASE = re.compile(
    r"^(?:please|pls|plz|kindly),? +(?=\S+ \S)|(?<!say)(?<!says)(?<!word)(?<!saying)(?:(?:,? +(?:please|pls|plz|thx"
    r"|tysm))+|, *(?:thanks|thank you))[.!?]*$",
    re.IGNORECASE,
)
#: "I'd like to plan a party" is "plan a party".
PLANNED = re.compile(
    r"^(?:(?:can|could|would) you (?:please )?)?(?:(?:help|assist) (?:me|us)(?: to| with)? |(?:(?:i|we)(?:'d"
    r"| would)? (?:want|need|like|have|plan|hope) to |"
    r"(?:i'm|i am|we're|we are) (?:trying|going|about|planning|hoping) to ))"
    r"(?=(?:plan|organi[sz]e|throw|host|celebrate|prepare|decorate|surprise|arrange|set up|put together) \S)",
    re.IGNORECASE,
)


#: 那给我们的机器人起个名吧, 顺便想个口号呗.
HAN_THEN = re.compile(r"^(?:那|那就|那么|顺便|再)(?=[给帮写来做想取起为替](?:.{3,}))|(?<=[一-鿿]{4})(?:吧|呗|咯)[!！。~]*$")


#: A sentence or two before the one that announces another topic: "that's quite sweet. ok another thing, …".
BEFORE = re.compile(
    r"^[^\u3400-\u9fff]{1,80}?[.!?…]\s+(?=(?:(?:and|ok|okay|now|right|so|well|but|anyway),? )*(?:(?:an|a|the)?other|new|"
    r"next|different|off|moving|changing|topic|question|let me rephrase)\b)",
    re.IGNORECASE,
)


def announced(text: str) -> bool:
    """Whether a line says by itself that another topic begins."""
    told = BEFORE.match(text)
    later = ANNOUNCED.match(text[told.end() :]) if told else None
    return (ANNOUNCED.match(text) or HAN_ANNOUNCED.match(text) or later) is not None


def opened(text: str) -> str:
    """A topic without the greeting before it, who greets, and "please" at its ends."""
    text = BEFORE.sub("", text, count=1) if (told := BEFORE.match(text)) and ANNOUNCED.match(text[told.end() :]) else text
    text = HAN_THEN.sub("", HAN_ANNOUNCED.sub("", text, count=1), count=2)  # before it and behind
    rest = text = AND_ASKED.sub("", ANNOUNCED.sub("", CHATTER.sub("", text, count=1), count=1), count=1)
    if greeting := GREETING.match(text) or HAN_GREETING.match(text):
        rest = AND_NOW.sub("", INTRODUCED.sub("", text[greeting.end() :], count=1), count=1)
    else:
        rest = ANNOUNCED.sub("", FILLED.sub("", text, count=1), count=1)
    rest = PLEASE.sub("", PLEASE.sub("", rest)).strip()
    return PLANNED.sub("", rest, count=1) or text
