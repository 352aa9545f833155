#!/usr/bin/env bash
# Guessed: a time of day written for a locale and read by the same locale is that time.
# Seen: of what stands beside the hour only the letters "pm" are read. What Babel itself writes for five past three in the afternoon in
# Taipei, Seoul, Cairo, Athens, Mexico and English Canada is read as five past three at night, without a word, in one locale of seven.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile babel==2.19.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import datetime
import sys
from importlib.metadata import version

from babel.dates import format_time, parse_time
from babel.localedata import locale_identifiers

AFTERNOON, NIGHT = datetime.time(15, 5), datetime.time(3, 5)

def read_again(locale):
    """What is written for five past three in the afternoon, and what that is read as."""
    written = format_time(AFTERNOON, "short", locale=locale)
    return written.replace("\u202f", " "), parse_time(written, locale=locale, format="short")

print("Babel", version("babel"))
seen = {locale: read_again(locale) for locale in ("en_US", "zh_Hans_CN", "zh_Hant_TW", "zh_Hant_HK", "ko_KR", "ar_EG", "el_GR", "es_MX", "en_CA")}
for locale, (written, read) in seen.items():
    print("   ", f"{locale:11}", f"{written:12}", "→", read)
by_time = {}
for locale in locale_identifiers():
    by_time.setdefault(read_again(locale)[1], []).append(locale)
print("    all locales:", {str(read): len(locales) for read, locales in by_time.items()})
held = seen["en_US"][1] == seen["zh_Hans_CN"][1] == AFTERNOON and all(read == NIGHT for _, read in list(seen.values())[2:])
held &= set(by_time) == {AFTERNOON, NIGHT} and 7 * len(by_time[NIGHT]) > sum(map(len, by_time.values()))
sys.exit(0 if held else "changed")
PY
