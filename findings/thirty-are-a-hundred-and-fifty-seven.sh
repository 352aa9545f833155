#!/usr/bin/env bash
# Guessed: chunks of thirty characters at most have thirty at most, in any language.
# Seen: SentenceChunker(chunk_size=30) gives a Chinese text as one chunk of 157, without a word (chonkie 1.7.0): a sentence
# ends where a space follows, which in Chinese is nowhere, and what is too long is a chunk all the same. English, and
# RecursiveChunker, keep to thirty.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile chonkie==1.7.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from chonkie import RecursiveChunker, SentenceChunker

texts = {
    "zh": "今晚的茶很好。我们明天再来吧！价格不高，地方安静。" * 6 + "好的，就这样。",
    "en": "The tea is good tonight. Shall we come again tomorrow? The price is low. It is a quiet place. " * 6,
}
longest = {}
for language, text in texts.items():
    for chunker in (SentenceChunker("character", chunk_size=30, chunk_overlap=0), RecursiveChunker("character", chunk_size=30)):
        chunks = [chunk.text for chunk in chunker.chunk(text)]
        assert "".join(chunks) == text
        longest[language, type(chunker).__name__] = max(map(len, chunks))
print("chonkie", version("chonkie"), "longest chunk where 30 characters are allowed:", longest)
too_long = {key for key, length in longest.items() if length > 30}
sys.exit(0 if too_long == {("zh", "SentenceChunker")} and longest["zh", "SentenceChunker"] == len(texts["zh"]) else "changed")
PY
