"""How long people wait: for the first idea of a brainstorm or commission, and for the last."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.domain.ideas import Brainstorm, Idea
from bot.messages import Progress
from bot.metrics import Meter
from bot.ports import Clock

Step = Callable[[Progress | Idea], Awaitable[None]]


class Timing:
    """Times one brainstorm or commission, from the moment it was asked for."""

    def __init__(self, brainstorm: Brainstorm, meter: Meter, clock: Clock) -> None:
        self.brainstorm = brainstorm
        self.meter = meter
        self.clock = clock
        self.modality = brainstorm.prompt.modality if brainstorm.prompt is not None else "text"
        self._seen = False

    def of(self, step: Step) -> Step:
        """The step, and a look at the clock once the first idea is shown."""

        async def timed(news: Progress | Idea) -> None:
            await step(news)
            if isinstance(news, Idea) and not self._seen:
                self._seen = True
                self.meter.first_idea.labels(self.modality).observe(self._passed())

        return timed

    def end(self, end: str) -> None:
        """Notes how it ended, once people see that."""
        self.meter.brainstorms.labels(self.brainstorm.channel.team.platform, self.modality, end).inc()
        self.meter.lasted.labels(self.modality).observe(self._passed())

    def _passed(self) -> float:
        """Seconds since it was asked for; never less than none, also where a clock was set back."""
        return max(0.0, (self.clock() - self.brainstorm.created_at).total_seconds())
