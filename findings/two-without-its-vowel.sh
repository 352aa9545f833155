#!/usr/bin/env bash
# Guessed: pinyin made into zhuyin and read back is the pinyin.
# Seen: er, the sound of 二 (two), 儿 (child), 耳 (ear) and 而 (and), comes back from dragonmapper as "r" with a digit for its tone, among
# syllables with marks: "ěrduo èrshí" is "r3 duo r4 shí". In IPA it has no vowel either. den, kei, nun and tei are refused or come back otherwise.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile dragonmapper==0.3.0 pypinyin==0.55.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from dragonmapper.hanzi import to_zhuyin
from dragonmapper.transcriptions import pinyin_to_zhuyin, zhuyin_to_ipa, zhuyin_to_pinyin
from pypinyin.pinyin_dict import pinyin_dict
from pypinyin.contrib.tone_convert import to_normal

def back(pinyin):
    try:
        return zhuyin_to_pinyin(pinyin_to_zhuyin(pinyin))
    except ValueError:
        return "refused"

syllables = {syllable for readings in pinyin_dict.values() for syllable in readings.split(",")}
changed = {syllable: back(syllable) for syllable in sorted(syllables) if back(syllable) not in (syllable, "refused")}
print("dragonmapper", version("dragonmapper"), "of", len(syllables), "syllables of pypinyin", version("pypinyin"), "changed:", changed)
seen = {word: (zhuyin_to_pinyin(to_zhuyin(word)), zhuyin_to_ipa(to_zhuyin(word))) for word in ("二十", "儿子", "女儿", "耳朵", "而且", "上海")}
for word, (pinyin, ipa) in seen.items():
    print("   ", word, to_zhuyin(word), "→", pinyin, "→", ipa)
er = {syllable: changed.get(syllable) for syllable in syllables if to_normal(syllable) == "er"}
held = er == {"er": "r", "ér": "r2", "ěr": "r3", "èr": "r4"} and seen["二十"][0] == "r4 shí" and seen["上海"][0] == "shàng hǎi"
held &= seen["二十"][1] == "ɻ˥˩ ʂɨ˧˥"
sys.exit(0 if held else "changed")
PY
