"""Makes answers.npz, what float32 says to a fixed text with the embedded model's weights; run when these or the text change.

python -m generators.assets.answers
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from generators.engines.text import answers
from generators.engines.text.fidelity import TEXT
from generators.engines.text.tokenizer_file import TokenizerFile
from generators.service import gguf_llama, graphs, weights
from generators.service.digests import Digests


def main() -> None:
    """Everything; four seconds."""
    with tempfile.TemporaryDirectory() as cache:
        place = weights.text_place(weights.EMBEDDED, Path(cache), lambda _doing, _done: None)
        assert place.packed is not None
        folder = Path(place.where)
        ids = TokenizerFile(folder)(TEXT)["input_ids"][: answers.TOKENS]
        found = answers.computed(gguf_llama.network(place.packed, folder, place.taught), ids)
        answers.keep(found, graphs.checksum(place, Digests(folder)))


if __name__ == "__main__":
    main()
