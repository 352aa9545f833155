"""What the service counts, in Prometheus' text format."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

#: What each figure says. Nothing is told that does not stand here.
HELP = {
    "muselab_requests_total": "Requests that were answered, by path and status.",
    "muselab_prompt_tokens_total": "Tokens of prompts.",
    "muselab_completion_tokens_total": "Tokens that were made.",
    "muselab_cancelled_total": "Requests whose client hung up.",
    "muselab_first_token_seconds": "From a request to its first token.",
    "muselab_token_seconds": "Between two tokens of a choice.",
    "muselab_request_seconds": "From a request to its last token.",
    "muselab_batch_rows": "Rows that were computed together in one pass.",
    "muselab_waiting_requests": "Requests that wait for room.",
    "muselab_rows": "Rows in work.",
    "muselab_busy_seconds": "Seconds in which the model computed, since the start.",
    "muselab_worker_crashes": "Times that the worker failed and went on, since the start.",
    "muselab_kv_bytes": "Bytes of the KV cache in use.",
    "muselab_kv_budget_bytes": "Bytes that the KV cache may take.",
    "muselab_adapters": "LoRA adapters in memory.",
    "muselab_adapter_bytes": "Bytes of LoRA adapters in memory.",
    "muselab_adapter_budget_bytes": "Bytes that LoRA adapters may take.",
    "muselab_adapter_hits": "Requests whose adapter was in memory, since the start.",
    "muselab_adapter_reads": "Times that an adapter was read from disk, since the start.",
    "muselab_ready": "Whether new requests are welcome.",
}


class Histogram:
    """How often a value fell below each of some bounds."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.sum = 0.0
        self._counts = [0] * (len(self.bounds) + 1)

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self._counts)

    def add(self, value: float, times: int = 1) -> None:
        """Notes a value."""
        self._counts[bisect_left(self.bounds, value)] += times
        self.sum += value * times

    def lines(self, name: str) -> list[str]:
        """As Prometheus reads it."""
        lines = head(name, "histogram")
        below = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self._counts, strict=True):
            below += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {below}')
        return [*lines, f"{name}_sum {round(self.sum, 6)}", f"{name}_count {below}"]


def head(name: str, kind: str) -> list[str]:
    """What a figure says, and of which kind it is."""
    return [f"# HELP {name} {HELP[name]}", f"# TYPE {name} {kind}"]


class Metrics:
    """Counters and sums since the start."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, int]] = Counter()  #: by path and status
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.cancelled = 0
        self.under_way = 0  #: requests that something is to be made for, media included
        self.first_s = Histogram((0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60))  #: seconds to a request's first token
        self.token_s = Histogram((0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2))  #: seconds between a choice's tokens
        self.lasted_s = Histogram((0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300))  #: seconds of a whole request

    def text(self, now: Mapping[str, float], passes: Histogram) -> str:
        """Everything, with the gauges of this moment and the rows of every pass."""
        lines = head("muselab_requests_total", "counter")
        lines += [
            f'muselab_requests_total{{path="{path}",status="{status}"}} {count}'
            for (path, status), count in sorted(self.requests.items())
        ]
        counters = {
            "muselab_prompt_tokens_total": self.prompt_tokens,
            "muselab_completion_tokens_total": self.completion_tokens,
            "muselab_cancelled_total": self.cancelled,
        }
        for name, value in counters.items():
            lines += [*head(name, "counter"), f"{name} {value}"]
        lines += self.first_s.lines("muselab_first_token_seconds")
        lines += self.token_s.lines("muselab_token_seconds")
        lines += self.lasted_s.lines("muselab_request_seconds")
        lines += passes.lines("muselab_batch_rows")
        for name, gauge in now.items():
            lines += [*head(f"muselab_{name}", "gauge"), f"muselab_{name} {round(gauge, 6)}"]
        return "\n".join(lines) + "\n"
