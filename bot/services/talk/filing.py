"""Files that people ask for in words: "can I have all of that as a Word document?", "put it in a spreadsheet". No model."""

from __future__ import annotations

import re

LONGEST = 100  # characters of such a line; what is longer tells a topic
#: By the format of `/export` that is the same thing; empty: there is none, and a sentence says what there is.
KINDS = {
    "csv": r"csv|excel(?: spread ?sheet)?|xlsx?|spread ?sheets?|google sheets?|numbers sheet|libreoffice calc",
    "html": r"html|web ?page|printable|printout|page (?:to|for) print(?:ing)?",
    "markdown": r"markdown|md|plain text|text|txt",
    "jsonl": r"jsonl?|json lines",
    "": (
        r"pdfs?|(?:ms |microsoft )?word|docx?|google docs?|documents?|(?:ms |microsoft )?power ?points?|pptx?|slides?"
        r"|slide ?(?:deck|show)|"
        r"google slides|presentation|deck|keynote|notion|confluence|wiki|one ?note|evernote|trello|miro|mural|figma|jira"
        r"|airtable|"
        r"mind ?maps?|latex|epub|zip|odt|rtf|hand ?out|one ?pager"
    ),
}
_KIND = "(?:" + "|".join(f"(?P<{name or 'none'}>{words})" for name, words in KINDS.items()) + ")"
_FORM = (
    rf"(?:an? |the |my |our |one )?(?:nice |simple |proper |single |normal )?{_KIND}"
    r"(?: (?:file|document|doc|page|sheet|format|version|table|deck|board|list))?"
)
_ASK = (
    r"(?:(?:can|could|would|may|will) (?:you|i|we)(?: please)? |please |pls |now |ok(?:ay)? |let s |so |and |also |then |"
    r"i d like (?:to )?|we d like (?:to )?|i (?:want|need)(?: to)? |we (?:want|need)(?: to)? |is there (?:an?|any) (?:way"
    r"|option) (?:to|of) |"
    r"how (?:do|can|could|would) (?:i|we) |is it possible to |would it be possible to |do you have |is there |are there )*"
)
_VERB = (
    r"(?:(?:have|get|getting|give|give me|give us|make me|make us|build me|build us|get me|get us|write me|export"
    r"|download|save|put|turn|convert|make|send|send me|send us|print|copy|"
    r"mail|e mail|email|mail me|email me|"
    r"receive|see|produce|create|do|prepare|write|move|bring|import|upload|render|output) )"
)
_THESE = (
    r"(?:(?:all|both|everything|the whole) (?:of )?)?(?:it|this|that|them|these|those|everything|all|(?:all )?(?:the |my "
    r"|our |these |those )?"
    r"(?:whole |full |entire |best |top )?(?:list|board|ideas?|names|slogans|results?|lot|thing|stuff|suggestions))(?: all)?"
)
_TO = r"(?:(?:over )?(?:to (?:me|us|him|her|them|everyone|the team|my \w+) )?(?:as|in|into|to|onto|on|out of))"
_AFTER = (
    rf"(?: (?:and|or) (?:(?:save|send|export|download|make|get|mail|print) )?(?:(?:it|this|them|that) )?(?:(?:as|to|in|into) )?"
    rf"(?:an? )?(?:{'|'.join(KINDS.values())})(?: file| document)?)?"
    r"(?: (?:of (?:this|these|it|them|that)|please|pls|thanks|thank you|now|for me|for us|by any chance|possible|"
    r"and (?:send|mail|e mail|give|hand|share) (?:it|them|that)(?: over)?(?: to)?(?: me| us| my \w+| the team| everyone)?|"
    r"would be (?:great|nice|good|perfect|helpful|cool)))*"
)
_ALONE = r"(?:(?P<csv>csv|xlsx?|excel)|(?P<markdown>markdown)|(?P<jsonl>jsonl?)|(?P<none>pdf|docx?|pptx?|power ?point))"
RULES = tuple(
    re.compile(rule)
    for rule in (
        rf"{_ASK}{_VERB}?{_THESE} {_TO} {_FORM}{_AFTER}",  # can I have all of that as a Word document
        rf"{_ASK}(?:export|download|save|convert|print)(?: {_THESE})?(?: {_TO})? {_FORM}{_AFTER}",  # export to Notion
        rf"{_ASK}{_VERB}?{_FORM} (?:of|from|out of|with) {_THESE}(?: in it)?{_AFTER}",  # make slides out of these
        rf"{_ASK}(?:an? |the )?{_ALONE}(?: (?:file|version|export))?{_AFTER}",  # pdf?
        rf"(?:as|in|to) {_FORM}{_AFTER}",  # as a csv please
        rf"{_ASK}(?:an? )?(?:table|list|file) (?:of|with) {_THESE} (?:as|in|for) {_FORM}{_AFTER}",  # a table of these in excel
    )
)
_SHEET = (
    r"(?:(?:all|everything|all of) )?(?:it|this|that|them|these|those|everything|(?:all )?(?:the|my|our|these|those|this)"
    r"(?: (?:whole|full|entire|complete|best|top|current))* (?:list|board|ideas?|names|slogans|results?|lot"
    r"|suggestions))(?: all)?"
)
_USE = r"(?: (?:for|so|to|and|at|on|before|in|as) .{1,50}| please| now| today| tonight| tomorrow)*"
#: On paper: the page that a browser prints.
PRINTED = re.compile(
    rf"{_ASK}(?:(?:i|we) (?:d like|would like|want|need) to )?print(?: out| off)? {_SHEET}(?: out| off)?{_USE}|"
    rf"{_ASK}(?:(?:have|get|give|make|need|want)(?: me| us)? )?(?:an? |some )?(?:paper|printed|hard|print) (?:copy"
    rf"|copies|version|list)"
    rf" of {_SHEET}{_USE}|"
    rf"{_ASK}(?:(?:have|get|give|make|need)(?: me| us)? )?(?:an? |the )?(?:printable|print|printed) (?:version|page"
    rf"|sheet)(?: please)?|"
    rf"{_ASK}(?:have|get|give|make)(?: me| us)? (?:something|anything|a (?:page|list|sheet)) (?:printable|to print(?: out)?)"
    r"(?: (?:for|to) (?:(?:my|our|the) (?:other )?(?:colleagues|team|boss|teachers|parents|staff|meeting|class|group"
    r"|wall|board|others)|"
    r"me|us|them|hang up|hand out))?(?: please)?"
)
SPOKEN = re.compile(r"(?:as|in|to) (?:an? |the |my |our )?(?:text|word|documents?|page|list|notion|deck|wiki|presentation)")


def wanted(line: str) -> str | None:
    """The format that the ideas are wanted in: one of `/export`, or empty for one that there is not; None: none is asked for."""
    if len(line) > LONGEST:
        return None
    text = " ".join(re.sub(r"[^\w\s]", " ", line.casefold()).split())
    if SPOKEN.fullmatch(text):
        return None  # "in text", "as a list" may be said of the ideas themselves
    if PRINTED.fullmatch(text):
        return "html"
    for rule in RULES:
        if match := rule.fullmatch(text):
            return next(name.removeprefix("none") for name, said in match.groupdict().items() if said)
    return None
