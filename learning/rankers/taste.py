"""A forecast joined with votes: ideas nobody judged yet are scored as the team's past votes suggest, and votes overrule it.

Until a forecast has earned trust for a kind of task, every score is exactly that of `learning.rankers.bayes`.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bot.domain.feedback import Feedback, Score
from bot.domain.ideas import IdeaId, Person, Prompt
from bot.ports import Entry, Log, Reason, Trust
from learning.evidence import weighed
from learning.forecast import Fit, refitted
from learning.kinds import kind_of, kind_of_media, other
from learning.opinions import Opinions, Voices, arranged, gathered
from learning.passed import Passing
from learning.people import People
from learning.rankers.bayes import PRIOR, Bayes, posterior
from learning.reasons import Groups, grouped
from learning.sheets import sheet
from learning.trust import FEW_TOPICS, learned

SENSES = {"image": "looks", "pitch": "works"}  # what its features are about; all else is heard
GROUPS = 6  # of commissions for media: each costs a comparison, and a forecast is tried on those that it has not seen


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of task of one team."""

    fit: Fit
    said: Opinions  #: that it was fitted to
    ideas: tuple[IdeaId, ...]  #: of the rows
    topics: Mapping[str, int]  #: by text
    topic_vectors: Mapping[str, NDArray[np.float32]]


class Learned:
    """A `bot.ports.Taste`."""

    def __init__(
        self,
        kinds: Mapping[str, Kind],
        authors: Mapping[IdeaId, Person],
        feedback: Sequence[Feedback],
        passing: Passing | None = None,
    ) -> None:
        """Takes fitted kinds; `feedback` is what they were fitted to; `passing` what passing an idea over says."""
        self.kinds = kinds
        self.authors = authors
        self.places = {idea: (name, row) for name, kind in kinds.items() for row, idea in enumerate(kind.ideas)}
        self.feedback = tuple(feedback)
        self.passing = passing or Passing()
        self._taken_apart: dict[str, Groups] = {}

    @cached_property
    def version(self) -> str:
        """See `bot.ports.Taste`."""
        digest = hashlib.blake2b(digest_size=6)
        digest.update("".join(sorted(self.places)).encode())
        votes = sorted((vote.idea, vote.person.platform, vote.person.id, vote.signal, vote.value) for vote in self.feedback)
        digest.update(repr(votes).encode())
        return digest.hexdigest()

    def score(self, ideas: Sequence[IdeaId], feedback: Sequence[Feedback]) -> dict[IdeaId, Score]:
        """See `bot.ports.Ranker`. Nobody's vote on their own idea counts."""
        counted, passed = self._evidence(feedback)
        scores: dict[IdeaId, Score] = {}
        for idea in ideas:
            mean, strength = self.prior(idea)
            against = strength * (1 - mean) / 2 + passed.get(idea, 0.0)
            scores[idea] = posterior(counted.get(idea, ()), favour=strength * (1 + mean) / 2, against=against)
        return scores

    def _evidence(self, feedback: Sequence[Feedback]) -> tuple[Mapping[IdeaId, Sequence[float]], Mapping[IdeaId, float]]:
        """What opinions of each idea count for, and what passing it over says against it."""
        others = self._of_others(feedback)
        said = weighed(others)
        return said.by_idea(), self.passing.against(said, others, self.authors)

    def _of_others(self, feedback: Sequence[Feedback]) -> list[Feedback]:
        return [said for said in feedback if self.authors.get(said.idea) != said.person]

    def prior(self, idea: IdeaId) -> tuple[float, float]:
        """What is foretold of an idea, -1..+1, and how many people that is worth."""
        name, row = self.places.get(idea, ("", 0))
        if not name or not self.kinds[name].fit.hyperparameters.weighs:
            return 0.0, 2 * PRIOR
        fit = self.kinds[name].fit
        return float(fit.prior[row]), fit.hyperparameters.strength

    def refit(self, feedback: Sequence[Feedback]) -> Learned:
        """See `bot.ports.Taste`."""
        voices = Voices.of(feedback)
        kinds = {name: _refitted(kind, self.authors, voices) for name, kind in self.kinds.items()}
        return Learned(kinds, self.authors, feedback, self.passing)

    def foretell(
        self, prompt: Prompt, texts: Sequence[str], vectors: NDArray[np.float32] | None, person: Person | None = None
    ) -> NDArray[np.float64] | None:
        """See `bot.ports.Taste`."""
        kind = self._kind(prompt)
        if kind is None or not kind.fit.hyperparameters.weighs:
            return None
        width = kind.fit.sheet.dimensions
        known = np.zeros((len(texts), 0), dtype=np.float32) if vectors is None else vectors
        if known.shape[1] != width:  # the generation service changed its embedder, or lost it
            return None
        topic = kind.topics.get(_folded(prompt.text))
        at = kind.topic_vectors.get(_folded(prompt.text))
        value = kind.fit.foretell(texts, known, topic, at)
        if person is not None:
            value = value + kind.fit.personal(texts, known, topic, at, self._said_by(person, kind))
        return np.clip(value + (0.0 if topic is None else kind.fit.usual[topic]), -1.0, 1.0)

    @cached_property
    def _people(self) -> People:
        return People.of(Voices.of(self._of_others(self.feedback)))

    def beyond(self, person: Person, ideas: Sequence[IdeaId]) -> dict[IdeaId, float]:
        """See `bot.ports.Taste`."""
        return {idea: self._people.adds(person, idea) for idea in ideas}

    def trust(self, prompt: Prompt) -> Trust:
        """See `bot.ports.Taste`."""
        name = kind_of(prompt)
        name = name if name in self.kinds else other(name)
        if name not in self.kinds:
            return Trust(kind=name, accuracy=None, error=0.0, topics=0, trusted=False)
        hyperparameters = self.kinds[name].fit.hyperparameters
        return Trust(
            kind=name,
            accuracy=hyperparameters.accuracy,
            error=hyperparameters.error,
            topics=len(self.kinds[name].fit.usual),
            trusted=hyperparameters.trusted,
            weighs=hyperparameters.weighs,
        )

    def reasons(self, idea: IdeaId, feedback: Sequence[Feedback]) -> list[Reason]:
        """See `bot.ports.Taste`."""
        mean, strength = self.prior(idea)
        counted, passed = self._evidence(feedback)
        values, over = counted.get(idea, ()), passed.get(idea, 0.0)
        favour, against = strength * (1 + mean) / 2, strength * (1 - mean) / 2
        score = posterior(values, favour=favour, against=against + over).mean
        spoken = posterior(values, favour=favour, against=against).mean
        share = strength / (strength + sum(map(abs, values)))  # of what opinions and forecast come to
        reasons = [Reason(what="votes", amount=spoken - share * mean)]
        if over:
            reasons.append(Reason(what="passed", amount=score - spoken))
        name, row = self.places.get(idea, ("", 0))
        if name and self.kinds[name].fit.hyperparameters.weighs:
            fit = self.kinds[name].fit
            if _modality(name) == "text":
                parts = [*self._groups(name).of(row), Reason(what="topic", amount=float(fit.usual[fit.sheet.topics[row]]))]
                parts.append(Reason(what="rest", amount=mean - sum(part.amount for part in parts)))
            else:
                usual = float(fit.usual.mean())  # of all groups, as which one a commission fell into means nothing
                sense = SENSES.get(_modality(name), "sounds")
                parts = [Reason(what=sense, amount=mean - usual), Reason(what="others", amount=usual)]
            reasons += [replace(part, amount=share * part.amount) for part in parts]
        return sorted(reasons, key=lambda reason: -abs(reason.amount))

    def _groups(self, name: str) -> Groups:
        """What a kind's forecast is made of; remembered, as several refits go into it."""
        if name not in self._taken_apart:
            self._taken_apart[name] = grouped(self.kinds[name].fit, self.kinds[name].said)
        return self._taken_apart[name]

    def _kind(self, prompt: Prompt) -> Kind | None:
        name = kind_of(prompt)
        return self.kinds.get(name) or self.kinds.get(other(name))

    def _said_by(self, person: Person, kind: Kind) -> dict[int, float]:
        rows = {idea: row for row, idea in enumerate(kind.ideas)}
        mine = gathered([vote for vote in self.feedback if vote.person == person])
        return {rows[idea]: by[person] for idea, by in mine.items() if idea in rows and by and self.authors.get(idea) != person}


class Untaught(Bayes):
    """A `bot.ports.Ranker` that knows votes alone, and a `bot.ports.Learner`."""

    def learn(self, log: Log, feedback: Sequence[Feedback]) -> Learned:
        """See `bot.ports.Learner`."""
        authors = {entry.idea.id: entry.idea.author for entry in log.entries if entry.idea.author is not None}
        topics = {_folded(text): vector for text, vector in log.topics.items()}
        voices = Voices.of(feedback)
        kinds: dict[str, Kind] = {}
        for name, places in _kinds(log.entries).items():
            entries = [log.entries[place] for place in places]
            if _modality(name) != "text":
                kinds[name] = _measured(entries, authors, voices)
                continue
            vectors = np.zeros((len(places), 0), dtype=np.float32) if log.vectors is None else log.vectors[places]
            kinds[name] = _learned(entries, vectors, topics, authors, voices)
        return Learned(kinds, authors, feedback, passing(log, feedback, authors))


def passing(log: Log, feedback: Sequence[Feedback], authors: Mapping[IdeaId, Person]) -> Passing:
    """How far what people pass over in a brainstorm's ideas may be followed."""
    sets = {entry.idea.id: entry.idea.brainstorm for entry in log.entries if entry.idea.brainstorm is not None}
    others = [said for said in feedback if authors.get(said.idea) != said.person]
    return Passing.of(weighed(others), others, sets, authors)


def _kinds(entries: Sequence[Entry]) -> dict[str, list[int]]:
    """The places of each kind's entries; kinds of too few topics are one kind together.

    Of media, those that were measured as the newest of their kind was; others keep to votes.
    """
    names = [kind_of(entry.prompt) if entry.idea.modality == "text" else kind_of_media(entry.idea.modality) for entry in entries]
    asked = {(name, _folded(entry.prompt.text)) for name, entry in zip(names, entries, strict=True)}
    topics = Counter(name for name, _text in asked)
    kinds: dict[str, list[int]] = {}
    measured: dict[str, tuple[str, int]] = {}
    for place, name in enumerate(names):
        if _modality(name) != "text":
            features = entries[place].idea.features
            how = (features.name, len(features.values)) if features is not None else None
            if how is None or measured.setdefault(name, how) != how:
                continue
        kinds.setdefault(name if topics[name] >= FEW_TOPICS else other(name), []).append(place)
    return kinds


def _modality(kind: str) -> str:
    return kind.partition("/")[0]


def _measured(entries: Sequence[Entry], authors: Mapping[IdeaId, Person], voices: Voices) -> Kind:
    """A kind of media. Most commissions are for a work or two, so they are thrown together in `GROUPS` groups, by lot.

    What competes are the works of a group; a forecast is tested on groups of whose commissions it has seen none.
    """
    rows = np.array([entry.idea.features.values for entry in entries if entry.idea.features is not None], dtype=np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    lots = [zlib.crc32((entry.idea.brainstorm or entry.idea.id).encode()) % GROUPS for entry in entries]
    numbers = {lot: number for number, lot in enumerate(sorted(set(lots)))}
    page = sheet([""] * len(entries), rows, np.array([numbers[lot] for lot in lots]), None)
    ideas = tuple(entry.idea.id for entry in entries)
    opinions = arranged(voices, {idea: row for row, idea in enumerate(ideas)}, authors)
    return Kind(learned(page, opinions), opinions, ideas, {}, {})


def _learned(
    entries: Sequence[Entry],
    vectors: NDArray[np.float32],
    topic_vectors: Mapping[str, NDArray[np.float32]],
    authors: Mapping[IdeaId, Person],
    voices: Voices,
) -> Kind:
    texts = [_folded(entry.prompt.text) for entry in entries]
    numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
    at = (
        np.stack([topic_vectors[text] for text in numbers])
        if vectors.shape[1] and topic_vectors.keys() >= numbers.keys()
        else None
    )
    page = sheet([entry.idea.text for entry in entries], vectors, np.array([numbers[text] for text in texts]), at)
    ideas = tuple(entry.idea.id for entry in entries)
    opinions = arranged(voices, {idea: row for row, idea in enumerate(ideas)}, authors)
    known = {text: topic_vectors[text] for text in numbers if text in topic_vectors}
    return Kind(learned(page, opinions), opinions, ideas, numbers, known)


def _refitted(kind: Kind, authors: Mapping[IdeaId, Person], voices: Voices) -> Kind:
    opinions = arranged(voices, {idea: row for row, idea in enumerate(kind.ideas)}, authors)
    if opinions == kind.said:  # a vote is on an idea of one kind
        return kind
    return replace(kind, fit=refitted(kind.fit, opinions), said=opinions)


def _folded(topic: str) -> str:
    return " ".join(topic.casefold().split())


def build() -> Untaught:
    """The plugin's door."""
    return Untaught()
