"""What a tuning changed, as a whole: a share of it, or other odds of ending an answer, and what the model then drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from learning.dataset import Lesson
from learning.judge import Question
from learning.tuners._length import shift
from learning.tuners._policy import Policy
from learning.tuners._training import Stop


class Change:
    """The change that a policy wears."""

    def __init__(self, policy: Policy, ask: Callable[[], Iterable[Question]], lessons: Sequence[Lesson], stop: Stop) -> None:
        """`ask`: what base and policy draft now; `lessons`: that odds of ending are learned on."""
        assert policy.adapter is not None
        self.policy, self.adapter, self.alpha = policy, policy.adapter, policy.adapter.alpha
        self.ask, self.lessons, self.stop = ask, lessons, stop
        self._known: dict[float, list[Question]] = {}  # by share

    def asked(self, share: float) -> list[Question]:
        """What is drafted with this share of the change; asked once."""
        self.keep(share)
        if share not in self._known:
            self._known[share] = list(self.ask())
        return self._known[share]

    def shifted(self, by: float) -> Callable[[], None]:
        """Shifts the log-odds of ending an answer; returns what takes that back."""
        was, known = {name: values.clone() for name, values in self.adapter.state().items()}, dict(self._known)

        def undo() -> None:
            self.adapter.take(was)
            self._known = known

        self._known = {}
        shift(self.policy, self.lessons, by, stop=self.stop)
        return undo

    def keep(self, share: float) -> None:
        """Leaves this share of the change; above 1: more of it than there is."""
        self.adapter.weigh(share * self.alpha)
