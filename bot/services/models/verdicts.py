"""The gate's findings on a tuned model, in the reader's language: the tuner's process may speak another than the team."""

from __future__ import annotations

from bot.domain.models import Finding, Tuning
from bot.words import N_, _

#: By the name of a finding; of one of the gate's bars, what is said when it was missed.
SENTENCES = {
    "base": N_("It was tuned on another base model than the one that is served, so it would not fit."),
    "questions": N_("No topic could be asked of the tuned model, so nobody has looked at what it writes."),
    "topics": N_("Only {topics} unseen topics have decided pairs; {needed} are needed to tell a better model from luck."),
    "accuracy": N_("On unseen topics it orders {share:.0%} of the pairs as the team did, at least {low:.0%}; luck is 50 %."),
    "people": N_("It follows the taste of {some} of the {all} people who voted; it has to please at least half of them."),
    "best-of": N_("A ranker that did not choose its training pairs finds the best of its drafts no better than before."),
    "distinct": N_("Of its drafts {after:.0%} say something of their own, before {before:.0%}: it repeats itself."),
    "utility": N_("Reading its drafts from the top gives less that is new and usable: {after:.2f}, before {before:.2f}."),
    "length": N_("Its ideas changed in length by {change:+.0%}; {most:.0%} is allowed, or length would pass for quality."),
    "copied": N_("Of its drafts {after:.0%} say again what it was taught, before {before:.0%}: it learned ideas by heart."),
    "broken": N_("Of its drafts {after:.0%} are broken, before {before:.0%}."),
    "unsafe": N_("Of its drafts {after:.0%} are unsafe, before {before:.0%}."),
}


def in_words(finding: Finding) -> str:
    """A finding in a sentence."""
    sentence = SENTENCES.get(finding.name)
    return _(sentence).format(**finding.facts) if sentence is not None else finding.name  # of a newer version's gate


def came_of(run: Tuning) -> str:
    """What came of a run, and why; empty while it runs."""
    if run.state == "done" and run.version is not None:
        text = _("A tuned model, {version}, passed its judges and is tried beside the one in service.")
        return text.format(version=run.version)
    if run.state == "refused" and run.missed:
        return " ".join([_("The tuned model was not good enough to be tried."), *map(in_words, run.missed)])
    if run.state == "failed" and run.trouble:
        return _("Tuning broke: {why}. What is served stays.").format(why=run.trouble.rstrip("."))
    if run.state == "cancelled":
        return _("The tuning of your team's model was cancelled. What is served stays.")
    return run.said
