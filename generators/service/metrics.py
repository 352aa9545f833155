"""What the service counts, in Prometheus' text format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Metrics:
    """Counters and sums since the start."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()  #: by path and status
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cancelled = 0
        self.first_s = 0.0  #: sum of the times to the first piece
        self.firsts = 0

    def text(self, now: Mapping[str, float]) -> str:
        """Everything, with the gauges of this moment."""
        lines = ["# TYPE muselab_requests_total counter"]
        lines += [
            f'muselab_requests_total{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in sorted(self.requests.items())
        ]
        counters = {
            "muselab_prompt_tokens_total": self.prompt_tokens,
            "muselab_completion_tokens_total": self.completion_tokens,
            "muselab_cancelled_total": self.cancelled,
            "muselab_first_piece_seconds_sum": round(self.first_s, 6),
            "muselab_first_piece_seconds_count": self.firsts,
        }
        for name, value in counters.items():
            lines += [f"# TYPE {name} counter", f"{name} {value}"]
        for name, gauge in now.items():
            lines += [f"# TYPE muselab_{name} gauge", f"muselab_{name} {round(gauge, 6)}"]
        return "\n".join(lines) + "\n"
