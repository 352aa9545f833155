"""How much memory the work may take, told from the device once the models are loaded."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generators.engines.text.language_model import LanguageModel
    from generators.service.worker import Worker

log = logging.getLogger(__name__)

MB = 2**20
LEAST_KEYS = 256 * MB  # on a CPU: 87 ideas of 64 tokens of the embedded model, whose service stays below 1.5 GB
SHARE_OF_CPU = 0.25  # of the memory that is free: the machine has other work
SHARE_OF_GPU = 0.7  # of what is free beside the weights; the rest is what a pass works with
SHARE_OF_KEPT = 1 / 6  # of it for prompts that come again
ROWS_ON_GPU = 256  # in a pass: there more rows cost next to nothing
SHARE_OF_ADAPTERS = 0.25  # of the keys' and values' share


@dataclass(frozen=True, slots=True)
class Budget:
    """Bytes."""

    keys: int  #: of keys and values, prompts that are kept included
    adapters: int

    @staticmethod
    def of(text: LanguageModel, *, keys_mb: int = 0) -> Budget:
        """For a loaded model.

        Args:
            text: the model.
            keys_mb: for keys and values, where the host has settled it; 0: worked out.
        """
        if keys_mb:
            return Budget(keys_mb * MB, int(keys_mb * MB * SHARE_OF_ADAPTERS))
        if text.on_gpu:
            import torch

            keys = int(SHARE_OF_GPU * torch.cuda.mem_get_info(getattr(text, "device", None))[0])
        else:
            keys = min(int(SHARE_OF_CPU * free_bytes()), max(LEAST_KEYS, text.weight_bytes))
        return Budget(keys, int(keys * SHARE_OF_ADAPTERS))

    def settle(self, worker: Worker, text: LanguageModel) -> None:
        """Tells those who keep to it, and the log."""
        text.kept_bytes = int(self.keys * SHARE_OF_KEPT)
        worker.idling = text.rest
        worker.most_bytes = self.keys - text.kept_bytes
        if text.on_gpu:
            worker.rows_a_pass = ROWS_ON_GPU
        facts = {"keys_mb": self.keys // MB, "adapters_mb": self.adapters // MB, "token_bytes": text.token_bytes}
        log.info("memory for work", extra={**facts, "tokens": self.keys // max(1, text.token_bytes)})


def free_bytes() -> int:
    """Memory that this process may still take: what the machine has free, or its control group if that is less."""
    import psutil  # type: ignore[import-untyped]  # the stubs are a package of their own

    free = int(psutil.virtual_memory().available)
    group = Path("/sys/fs/cgroup")
    try:
        most, now = (group / "memory.max").read_text().strip(), (group / "memory.current").read_text().strip()
        if most.isdecimal() and now.isdecimal():
            free = min(free, max(0, int(most) - int(now)))
    except OSError:  # not Linux, or an older kind of groups
        pass
    return free
