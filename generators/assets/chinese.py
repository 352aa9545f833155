"""Makes `chinese_words.gz`, the words that Chinese lines are broken between, from jieba's dictionary; run when it is renewed.

pip download --no-deps --no-binary :all: jieba==0.42.1 && tar xzf jieba-0.42.1.tar.gz
python -m generators.assets.chinese jieba-0.42.1/jieba/dict.txt
"""

from __future__ import annotations

import gzip
import math
import re
import sys
from collections import defaultdict
from pathlib import Path

WORD = re.compile(r"[\u4e00-\u9fff]{1,4}")  # Simplified, as text is when it is cut; longer names are cut in two without harm
RARE = 10  # times in jieba's corpus of 60 million words; rarer ones would double the file for names nobody puts on a logo
STEPS = 10  # a nat of frequency has so many levels, which is as fine as jieba's own counts are right
MOST_BYTES = 600_000  # packed; the fonts are 2 MB


def main(dictionary: Path, target: Path) -> None:
    """Reads, writes: a line for each level of frequency, its words after it."""
    levels: dict[int, list[str]] = defaultdict(list)
    for line in dictionary.read_text(encoding="utf-8").splitlines():
        word, count, *_tag = line.split(" ")
        if WORD.fullmatch(word) and int(count) >= RARE:
            levels[round(STEPS * math.log(int(count)))].append(word)
    body = "\n".join(" ".join((str(level), *sorted(words))) for level, words in sorted(levels.items(), reverse=True))
    packed = gzip.compress(body.encode("utf-8"), 9, mtime=0)
    if len(packed) > MOST_BYTES:
        raise SystemExit(f"{len(packed)} bytes are more than {MOST_BYTES}")
    target.write_bytes(packed)
    sys.stdout.write(f"{sum(map(len, levels.values()))} words, {len(packed)} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).with_name("chinese_words.gz"))
