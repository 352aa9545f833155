"""The page's own sentences, in the language being spoken: templates name them, and hold none."""

from __future__ import annotations

from bot.words import N_, _, language

#: By the names that templates and the script use.
SENTENCES = {
    "board": N_("Board"),
    "gallery": N_("Gallery"),
    "learning": N_("Learning"),
    "skip": N_("Skip to the ideas"),
    "pages": N_("Pages"),
    "leave": N_("Leave"),
    "reading": N_("You are reading. To take part, ask for a link of your own with /page in the chat."),
    "group": N_("Columns by"),
    "by_state": N_("State"),
    "by_topic": N_("Topic"),
    "by_kind": N_("Kind"),
    "own_idea": N_("Your own idea"),
    "add": N_("Add"),
    "topic": N_("What do you need ideas for?"),
    "brainstorm": N_("Brainstorm"),
    "line": N_("Anything else, written as in the chat"),
    "line_hint": N_("For example: /duel, /recommend, /help"),
    "send": N_("Send"),
    "menu": N_("Menu"),
    "close": N_("Close"),
    "answers": N_("Answers"),
    "nothing": N_("Nothing here yet."),
    "no_pictures": N_("No pictures, tunes or pitches yet. Every idea's menu makes some."),
    "open_link": N_("Come in"),
    "open_title": N_("The board in the browser"),
    "open_text": N_("This link lets you in once, as yourself. Press the button to use it."),
    "away_title": N_("Nobody comes in without a link"),
    "away_text": N_("The link was used before, has ended, or was taken back. Ask for a new one in the chat with /page."),
    "connected": N_("Live: what others do appears here by itself."),
    "lost": N_("The connection is lost. Trying again …"),
    "missed_one": N_("While you were away, 1 idea was added or changed."),
    "missed_many": N_("While you were away, {count} ideas were added or changed."),
    "ended": N_("You have been let out. Ask for a new link with /page."),
    "working": N_("Working on it …"),
    "failed": N_("That did not arrive. Please try again."),
    "mine": N_("written by a person"),
    "you": N_("yours"),
    "picked": N_("Picked"),
    "empty": N_("No ideas here."),
    "theme_words": N_("Words that make the difference"),
    "liked": N_("Liked"),
    "disliked": N_("Not liked"),
    "styles": N_("Styles and kinds"),
    "style": N_("Style"),
    "share_liked": N_("Liked"),
    "votes": N_("Opinions"),
    "examples": N_("The best so far"),
    "rounds": N_("Brainstorms, oldest first"),
    "rounds_text": N_("Of each brainstorm's ideas that people judged, how many were liked."),
    "round_topic": N_("Topic"),
    "round_day": N_("Day"),
    "versions": N_("Versions of the model"),
    "usage": N_("Usage of the team"),
    "few": N_("Too few opinions yet to say."),
    "likes": N_("What this channel likes"),
    "day": N_("In the last 24 hours"),
    "week": N_("In the last 7 days"),
    "asked": N_("Brainstorms"),
    "here": N_("in this channel"),
    "team": N_("in the whole team"),
    "kept": N_("Files kept"),
}


def sentences() -> dict[str, str]:
    """All of them in the language being spoken, and which it is."""
    chinese = language() == "zh_Hans"
    named = {"lang": "zh-CN" if chinese else "en", "other_language": "English" if chinese else "中文"}
    return named | {name: _(text) for name, text in SENTENCES.items()}
