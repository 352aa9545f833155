"""Where a model is tuned and questioned for the judge: the part of a tuning run that needs torch, in a thread of its own."""

from __future__ import annotations

import importlib.metadata
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

import learning.tuners
from bot import plugins
from bot.domain.ideas import Draft, Idea, IdeaId, Person, Prompt
from bot.ports import Phrase, Phrasing, Taste
from learning.change import Change
from learning.critics import critics, taste_of
from learning.curve import drawn, points
from learning.dataset import Lesson, TrainingSet
from learning.gathering import Topic
from learning.job import Job, Made
from learning.judge import Embed, Evidence, Question, judge
from learning.labelling import Labeller, Labels
from learning.plan import Plan
from learning.rehearsal import drift, evened, strongest
from learning.run import CURVE, whole
from learning.sets import answered
from learning.topics import new_topics, own_topics
from learning.tuners._policy import Policy
from learning.tuners._training import Cancelled, Step, held_out
from learning.tuners._tuning import by_trl

QUESTIONS = 12  # topics held out that both models are asked; the latest
REHEARSAL = 10_000  # added to the plan's seed: drafts of the rehearsal are no drafts of the judging
DRAFTS = 16  # of each: four times four, as the bot makes four for every idea it shows
DISTIL = "distil"  # the method that needs no votes' pairs; where nothing is foretold, they are learned from all the same
LABELS = "labels.json"  # in the run's folder: a killed run does not label anew
LIBRARIES = ("torch", "transformers", "muselab")


class TorchWorkshop:
    """A `learning.job.Workshop`."""

    def __init__(
        self,
        phrasing: Phrasing,
        embed: Embed | None,
        track: Callable[[Path, Step], None] | None = None,
        forecast: Callable[[Sequence[Topic], Embed | None], Taste] = taste_of,
    ) -> None:
        """`track`: told of every step, with the run's folder: an experiment tracker; `forecast`: what votes make of a taste."""
        self.phrasing = phrasing
        self.embed = embed
        self.track = track
        self.forecast = forecast
        self.look: Callable[[Policy, Evidence], None] = lambda _policy, _evidence: None  #: for whoever wants to look closer

    def __call__(self, job: Job, report: Callable[[str, float], None], stop: Callable[[], bool]) -> Made:
        """Tunes and judges.

        Raises:
            Cancelled: `stop` said so.
            Unsuited: the model cannot be tuned so.
        """
        began = time.process_time()
        policy = Policy.load(job.base.folder, device=job.device)
        labels = self._labels(policy, job, report, stop)
        plan, lessons = learned_from(job, labels)

        def step(latest: Step) -> None:
            report("distilling" if labels.lessons else "tuning", latest.step / latest.steps)
            if self.track is not None:
                self.track(job.work, latest)

        tuner = plugins.load(learning.tuners, plan.method).build(plan)
        result = tuner.tune(policy, lessons, job.work, base=job.base.name, news=step, stop=stop)
        whole(job.work / CURVE, drawn(result.history))
        left, strength = self._rehearsed(policy, job, labels.taught, report, stop)
        assert policy.adapter is not None
        policy.adapter.save(result.folder, base=job.base.name)
        evidence = self.evidence(policy, job, report, stop)
        evidence = replace(evidence, taught=[*evidence.taught, *labels.taught])
        self.look(policy, evidence)
        verdict = judge(evidence, job.bar)
        last = result.history[-1]
        metrics = {
            "loss": last.loss,
            "margin": last.margin,
            "drift": left,
            "strength": strength,
            "labelled": len(labels.lessons),
            "run_cpu_s": time.process_time() - began,
            "cpu_s": result.cpu_s,
            "peak_mb": result.peak_mb,
        }
        versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
        return Made(adapter=result.folder, verdict=verdict, metrics=metrics, versions=versions, curve=points(result.history))

    def _labels(self, policy: Policy, job: Job, report: Callable[[str, float], None], stop: Callable[[], bool]) -> Labels:
        """The base's drafts for new topics, told apart by what the learned votes foretell; none where that is not trusted.

        TRL has no such objective, so its way learns from votes' pairs.
        """
        if job.plan.method != DISTIL or by_trl(job.plan, policy.device.type):
            return Labels((), ())
        with suppress(OSError, ValueError, KeyError, TypeError):
            return Labels.loaded((job.work / LABELS).read_text(encoding="utf-8"))

        def write(phrase: Phrase, prompt: Prompt, count: int, seed: int) -> tuple[Draft, ...]:
            if stop():
                raise Cancelled
            return self.write(policy, phrase, prompt, count, seed=seed)

        learned = job.topics.learned
        labeller = Labeller(taste=self.forecast(learned, self.embed), phrasing=self.phrasing, embed=self.embed, write=write)
        labels = labeller.labels(self.asked_anew(job), job.plan, lambda share: report("labelling", share))
        whole(job.work / LABELS, labels.dumped())
        return labels

    def asked_anew(self, job: Job) -> list[Prompt]:
        """The topics that are drafted for, to learn from: new ones, and the learned ones again."""
        new, own = new_topics(job.topics.learned, seed=job.plan.seed), own_topics(job.topics.learned)
        return [*new, *own[::-1]][: job.plan.labelled]

    def _rehearsed(
        self,
        policy: Policy,
        job: Job,
        labelled: Sequence[str],
        report: Callable[[str, float], None],
        stop: Callable[[], bool],
    ) -> tuple[float, float]:
        """Makes drafts as long as the base's, and leaves as much of the change as keeps them unlike one another.

        `labelled`: what was taught besides what people voted on.

        Returns:
            The log of lengths that is left, and that share.
        """
        plan = job.plan
        topics = [topic for topic in job.topics.learned if topic.pairs or topic.thumbs][-plan.rehearsed :]
        before: dict[int, tuple[Draft, ...]] = {}
        change = Change(
            policy,
            lambda: self._answered(policy, topics, before, plan.seed + REHEARSAL, report, stop),
            job.training_set.rounds[0],
            stop,
        )
        left = evened(lambda: drift(change.asked(1.0)), change.shifted, tries=plan.evened)
        here = {topic.id for topic in topics}
        taught = [idea.text for topic in job.topics.learned if topic.id not in here for idea in answered(topic)]
        shares = (*plan.further, *plan.strengths) if labelled else plan.strengths
        share = strongest(shares, change.asked, job.bar, self.embed, [*taught, *labelled])
        change.keep(share)
        return left, share

    def _answered(
        self,
        policy: Policy,
        topics: Sequence[Topic],
        before: dict[int, tuple[Draft, ...]],
        seed: int,
        report: Callable[[str, float], None],
        stop: Callable[[], bool],
    ) -> Iterator[Question]:
        """What both models write for learned topics; the base's is kept in `before`, as it does not change."""
        for number, topic in enumerate(topics):
            if stop():
                raise Cancelled
            report("rehearsing", number / len(topics))
            question = self.question(policy, topic.prompt, seed=seed + number, before=before.get(number))
            before[number] = question.before
            yield question

    def evidence(self, policy: Policy, job: Job, report: Callable[[str, float], None], stop: Callable[[], bool]) -> Evidence:
        """What the judge is to look at: the policy's adapter and what it was not tuned on.

        Raises:
            Cancelled: `stop` said so.
        """
        report("judging", 0.0)
        out = {topic.id: topic for topic in job.topics.held_out}
        margins: dict[str, list[tuple[float, float]]] = {}
        agreement: defaultdict[Person, list[bool]] = defaultdict(list)
        for lesson, rewards in judged(policy, job.training_set.held_out):
            margins[lesson.topic] = [
                (rewards[pair.chosen] - rewards[pair.rejected], pair.weight) for pair in lesson.preference_pairs
            ]
            topic = out.get(lesson.topic)
            if topic is not None and len(answered(topic)) == len(rewards):
                agreed(topic, answered(topic), rewards, agreement)
        asked = [topic for topic in job.topics.held_out if topic.pairs][-QUESTIONS:]
        questions = []
        for number, topic in enumerate(asked):
            if stop():
                raise Cancelled
            report("judging", number / len(asked))
            questions.append(self.question(policy, topic.prompt, seed=job.plan.seed + number))
        taught = [idea.text for topic in job.topics.learned for idea in answered(topic)]
        return Evidence(
            margins=margins,
            agreement={person: (sum(right), len(right)) for person, right in agreement.items()},
            questions=questions,
            taught=taught,
            scorers=critics(job.topics.learned, job.topics.held_out, self.embed),
            embed=self.embed,
            base=job.base.digest,
            tuned_on=job.base.digest,
        )

    def question(self, policy: Policy, prompt: Prompt, *, seed: int, before: tuple[Draft, ...] | None = None) -> Question:
        """What both models write for a topic, asked as in service; `before`: what the base wrote, where that is known."""
        phrase = self.phrasing.phrase(prompt, seed=seed)

        if before is None:
            with policy.as_base():
                before = self.write(policy, phrase, prompt, DRAFTS, seed=seed)
        return Question(prompt=prompt, before=before, after=self.write(policy, phrase, prompt, DRAFTS, seed=seed))

    def write(self, policy: Policy, phrase: Phrase, prompt: Prompt, count: int, *, seed: int) -> tuple[Draft, ...]:
        """Drafts of the model as it is."""
        answers = policy.write(phrase, count, seed=seed)
        return tuple(self.phrasing.idea(phrase, prompt, text, finished=ended) for text, ended in answers)


def learned_from(job: Job, labels: Labels) -> tuple[Plan, TrainingSet]:
    """How a job tunes, and on what: the labels where there are any, else what votes teach."""
    plan = job.plan
    if labels.lessons:
        plan = replace(plan, epochs=1, learning_rate=plan.labelled_rate, rounded=True)
        return plan, replace(job.training_set, rounds=(labels.lessons,))
    return replace(plan, method="dpo") if plan.method == DISTIL else plan, job.training_set


def judged(policy: Policy, lessons: Sequence[Lesson]) -> Iterator[tuple[Lesson, list[float]]]:
    """The first lesson of each topic, with the implicit rewards of its answers, averaged over the ways in which it is asked."""
    by_topic: dict[str, tuple[Lesson, list[Tensor]]] = {}
    for lesson, tuned, before in held_out(policy, lessons):
        by_topic.setdefault(lesson.topic, (lesson, []))[1].append(tuned - before)
    for lesson, rewards in by_topic.values():
        yield lesson, torch.stack(rewards).mean(dim=0).tolist()


def agreed(topic: Topic, ideas: Sequence[Idea], rewards: Sequence[float], agreement: defaultdict[Person, list[bool]]) -> None:
    """Adds, for each person, which of their own preferences among a topic's ideas the rewards share."""
    places = {idea.id: place for place, idea in enumerate(ideas)}
    by_person: defaultdict[Person, dict[IdeaId, float]] = defaultdict(dict)
    for one in topic.feedback:
        if one.idea in places:
            by_person[one.person][one.idea] = by_person[one.person].get(one.idea, 0.0) + one.value
    for person, values in by_person.items():
        for one_, value in values.items():
            for other, less in values.items():
                if value > less:
                    agreement[person].append(rewards[places[one_]] > rewards[places[other]])
