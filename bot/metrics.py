"""What the bot counts, as Prometheus reads it. Teams are counted one by one up to a limit, and together beyond it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot.domain.errors import MuselabError
from bot.domain.ideas import Team

TEXT = "text/plain; version=0.0.4; charset=utf-8"  #: the media type of what `Meter.text` gives
TEAMS = 20  # every team is a few series of its own for good; Prometheus is made for tens of values of a label, not thousands
OTHERS = "other"  #: the team of all teams beyond the limit
ACK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)  # Discord and Slack allow 3 s
IDEA_S = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)  # people wait for the first idea; a CPU needs up to a minute
WHOLE_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)  # a commission for media has ten minutes
LIBRARIES = {"discord": "discord", "slack_bolt": "slack", "slack_sdk": "slack"}  # the loggers of chat platforms' libraries


class Meter:
    """The figures of one process."""

    def __init__(self, *, teams: int = TEAMS) -> None:
        """`teams`: how many teams have figures of their own; the first that come."""
        self.registry = CollectorRegistry()
        self._most, self._teams = teams, set[Team]()
        self._of_people()
        self._of_ideas()
        self._of_teams()
        self._of_now()
        ProcessCollector(registry=self.registry)

    def _of_people(self) -> None:
        registry = self.registry
        self.commands = Counter("muselab_bot_commands", "Commands that were run.", ("platform", "command"), registry=registry)
        self.votes = Counter("muselab_bot_votes", "Opinions that were stored.", ("platform", "signal"), registry=registry)
        self.refusals = Counter(
            "muselab_bot_refusals", "Requests that ended in a sentence, by reason.", ("platform", "reason"), registry=registry
        )
        self.acks = Histogram(
            "muselab_bot_ack_seconds",
            "From an event's coming to the desk to its acknowledgement.",
            ("platform",),
            buckets=ACK_S,
            registry=registry,
        )
        self.troubles = Counter(
            "muselab_bot_platform_errors",
            "Warnings and errors about a platform in the log.",
            ("platform", "level"),
            registry=registry,
        )

    def _of_ideas(self) -> None:
        registry = self.registry
        self.brainstorms = Counter(
            "muselab_bot_brainstorms",
            "Brainstorms and commissions that ended here.",
            ("platform", "modality", "end"),
            registry=registry,
        )
        self.first_idea = Histogram(
            "muselab_bot_first_idea_seconds",
            "From the request to its first idea on the card.",
            ("modality",),
            buckets=IDEA_S,
            registry=registry,
        )
        self.lasted = Histogram(
            "muselab_bot_brainstorm_seconds",
            "From the request to its last card.",
            ("modality",),
            buckets=WHOLE_S,
            registry=registry,
        )
        self.tokens = Counter("muselab_bot_tokens", "Tokens of drafts that came from the generator.", registry=registry)

    def _of_teams(self) -> None:
        registry = self.registry
        self.team_brainstorms = Counter(
            "muselab_bot_team_brainstorms", "Brainstorms and commissions that a team began.", ("team",), registry=registry
        )
        self.team_tokens = Counter("muselab_bot_team_tokens", "Tokens of a team's drafts.", ("team",), registry=registry)
        self.team_seconds = Counter(
            "muselab_bot_team_generator_seconds", "Seconds that the generator worked for a team.", ("team",), registry=registry
        )

    def _of_now(self) -> None:
        registry = self.registry
        self.waiting = Gauge("muselab_bot_waiting", "Requests that wait for their turn.", ("what",), registry=registry)
        self.working = Gauge("muselab_bot_working", "Requests in work.", ("what",), registry=registry)
        self.inbox = Gauge("muselab_bot_inbox", "Events that are stored here and not served yet.", registry=registry)
        self.outbox = Gauge("muselab_bot_outbox", "Messages that are to be redrawn.", registry=registry)
        self.chat_ready = Gauge("muselab_bot_chat_ready", "Whether a chat is connected.", ("platform",), registry=registry)
        self.store_ready = Gauge("muselab_bot_store_ready", "Whether the database answers.", registry=registry)
        self.generator_ready = Gauge("muselab_bot_generator_ready", "Whether the generator can work.", registry=registry)

    def name(self, team: Team) -> str:
        """The label of a team."""
        if team not in self._teams and len(self._teams) < self._most:
            self._teams.add(team)
        return f"{team.platform}:{team.id}" if team in self._teams else OTHERS

    def refused(self, platform: str, error: MuselabError) -> None:
        """Counts a request that ended in a sentence."""
        self.refusals.labels(platform, type(error).__name__).inc()

    @contextmanager
    def acknowledging(self, platform: str) -> Iterator[None]:
        """Measures what lies between an event and its acknowledgement."""
        began = monotonic()
        yield
        self.acknowledged(platform, since=began)

    def acknowledged(self, platform: str, *, since: float) -> None:
        """Notes that an event was acknowledged; `since`: when it came, on the monotonic clock."""
        self.acks.labels(platform).observe(monotonic() - since)

    def drew(self, team: Team, *, seconds: float, tokens: int) -> None:
        """Counts what the generator did for a team."""
        name = self.name(team)
        self.tokens.inc(tokens)
        self.team_tokens.labels(name).inc(tokens)
        self.team_seconds.labels(name).inc(seconds)

    def text(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)


class Counting(logging.Handler):
    """Counts what the log says of chat platforms at WARNING and above, whichever library says it."""

    def __init__(self, meter: Meter) -> None:
        super().__init__(logging.WARNING)
        self._meter = meter

    def emit(self, record: logging.LogRecord) -> None:
        """Counts one line."""
        if platform := platform_of(record.name):
            self._meter.troubles.labels(platform, record.levelname.lower()).inc()


def platform_of(logger: str) -> str:
    """The platform that a logger speaks of; empty for others."""
    first, _dot, rest = logger.partition(".")
    return rest.partition(".")[0] if first == "adapters" else LIBRARIES.get(first, "")
