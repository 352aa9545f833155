"""Names that are no words: letters said one by one, words run together, letters with digits, Roman numerals, addresses."""

from __future__ import annotations

import re

from generators.engines.speech.counting import cardinal, digits, ordinal, year

SMALL = {"US", "IT"}  #: words in small letters, said letter by letter in capitals
#: Said letter by letter though they could be words; those without a vowel are, whatever they are.
LETTERS = SMALL | {
    "AC", "AD", "AI", "AKA",
    "API", "AR", "ATM", "CEO", "CFO", "CIA", "COO", "CPU", "CTO", "DIY", "DNA", "EEG", "ERP", "ETA", "EU",
    "EV", "FAQ", "FBI", "GPU", "HR", "ID", "IOU", "IBM", "IP", "IPA", "IPO", "IQ", "ISO", "IV",
    "KPI", "MBA", "NGO", "OLED", "OS", "PR",
    "RNA", "ROI", "SEO", "UCLA", "UFO", "UI", "UK", "UN", "URL", "USA", "USB", "USP", "UV", "UX", "VIP", "VR",
}  # fmt: skip
SAID = {
    ".NET": "dot net",
    "AT&T": "A T and T",
    "PostgreSQL": "Postgres Q L",
    "Ph.D.": "P H D",
    "PhD": "P H D",
    "C++": "C plus plus",
}
KEPT = ("Mc", "Mac", "De", "Di", "La", "Le", "Van", "O")  #: beginnings of surnames: McDonald is one word
REGNAL = (
    "Henry|Louis|Elizabeth|Charles|George|Edward|Richard|James|William|John|Paul|Benedict|Pius|Francis|Napoleon|Catherine|Mary|"
    "Nicholas|Philip|Ferdinand|Frederick|Alexander|Ramses|Leo|Gregory|Victoria|Ivan|Peter|Otto|Harald|Christian|Gustav|Alfonso"
)
COUNTED = (
    "War|Chapter|Part|Volume|Vol|Act|Scene|Book|Level|Phase|Type|Class|Bowl|Episode|Section|Title|Appendix|Stage|Mark|Step|Round|"
    "Article|Grade|Factor|Fantasy|Olympiad"
)
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
NUMERAL = r"((?=[IVXLC])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?<=[IVXLC])\b"
SUB = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SPELLED = {"io": "I O", "ai": "A I", "uk": "U K", "de": "D E", "fr": "F R", "tv": "T V", "eu": "E U", "js": "J S", "ts": "T S"}
TOPS = "com|org|net|io|ai|dev|app|co|uk|de|fr|edu|gov|me|tv|info"


def addresses(text: str) -> str:
    """Addresses of pages and mail, with their dots and strokes said."""
    text = re.sub(r"https?://(www\.)?|www\.", "", text)
    text = re.sub(r"\b([A-Z]\w+)\.(js|ts)\b", lambda m: f"{m[1]} dot {SPELLED[m[2]]}", text)
    return re.sub(
        rf"(?<![\w.])[\w.+-]*@?\w[\w-]*(?:\.[\w-]+)*\.(?:{TOPS})\b(?:/[\w.-]+)*/?",
        lambda m: _address(m[0]),
        text,
    )


def _address(text: str) -> str:
    said = text.rstrip("/.").replace("@", " at ").replace(".", " dot ").replace("/", " slash ")
    said = re.sub(rf"(?<= dot )({'|'.join(SPELLED)})\b", lambda m: SPELLED[m[1]], said)
    return said + ("." if text[-1] == "." else "")


def romans(text: str) -> str:
    """Roman numerals behind a word that is counted, a ruler's name, or, if they have two letters, any name."""
    text = re.sub(rf"\b({COUNTED})\s{NUMERAL}", lambda m: f"{m[1]} {cardinal(_roman(m[2]))}", text)
    text = re.sub(rf"\b{NUMERAL}(?=\s[Cc]entur(?:y|ies)\b)", lambda m: ordinal(_roman(m[1])), text)
    text = re.sub(rf"\b({REGNAL})\s{NUMERAL}", lambda m: f"{m[1]} the {ordinal(_roman(m[2]))}", text)
    return re.sub(
        r"\b([A-Z][a-z]+)\s((?=[IVX]{2,})X{0,3}(?:IX|IV|V?I{0,3}))\b", lambda m: f"{m[1]} {cardinal(_roman(m[2]))}", text
    )


def _roman(text: str) -> int:
    values = [ROMAN[letter] for letter in text]
    return sum(value if value >= after else -value for value, after in zip(values, [*values[1:], 0], strict=True))


def apart(text: str) -> str:
    """Words run together, letters with digits and letters said one by one, with spaces between."""
    text = text.translate(SUB)
    for written, said in SAID.items():
        text = text.replace(written, said)
    text = re.sub(r"\b([A-G])#(?!\w)", r"\1 sharp", text)
    text = re.sub(r"#(?=[A-Za-z])", " hashtag ", text)
    text = re.sub(r"\b(?:[A-Z]\.){2,}", lambda m: " ".join(m[0].replace(".", " ").split()), text)
    text = re.sub(r"\b[vV](?=\d)", "version ", text)
    text = re.sub(r"\b\d+(?:\.\d+){2,}\b", _pointed, text)
    text = re.sub(r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Za-z])", " ", text)
    text = re.sub(r"\b(?=[\d]*[A-Za-z])(?=[A-Za-z]*\d)(?!\d+(?:st|nd|rd|th)\b)[A-Za-z0-9]+\b", _mixed, text)
    text = re.sub(r"\b[A-Za-z]*[a-z][A-Z][A-Za-z]*\b|\b[A-Z]{2,}[a-z]{2,}[A-Za-z]*\b", _camel, text)
    shouted = not re.search("[a-z]", text) and len(re.findall("[A-Z]{2,}", text)) > 1
    return re.sub(r"\b[A-Z]{2,6}\b", lambda m: m[0] if shouted and not _spelled(m[0], shouted=True) else _capitals(m), text)


def _mixed(found: re.Match[str]) -> str:
    runs = re.findall(r"\d+|[A-Za-z]+", found[0])
    return " ".join(_count(run) if run.isdigit() else " ".join(run) if run.isupper() and len(run) <= 3 else run for run in runs)


def _pointed(found: re.Match[str]) -> str:
    """A version, or a number grouped by points."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+", found[0]) and not found[0].startswith("0"):
        return found[0].replace(".", "")
    return " point ".join(cardinal(int(each)) if len(each) <= 3 else digits(each) for each in found[0].split("."))


def _count(run: str) -> str:
    if run.startswith("0") or len(run) > 4:
        return digits(run)
    return year(int(run)) if len(run) == 4 else cardinal(int(run))


def _camel(found: re.Match[str]) -> str:
    word = found[0]
    if word.startswith(KEPT) and len(re.findall("[A-Z]", word)) == 2:
        return word
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})", " ", word)


def _spelled(word: str, *, shouted: bool = False) -> bool:
    """Whether capitals are letters; where all of a text is in capitals, those that are words, too, are words."""
    known = LETTERS - SMALL - {"AD", "AR", "IV"} if shouted else LETTERS
    return word in known or not re.search("[AEIOUY]", word)


def _capitals(found: re.Match[str]) -> str:
    word = found[0]
    if _spelled(word):
        return " ".join(word)
    if len(word) >= 4 and not re.search("[^AEIOUY]{3}", word):
        return word.capitalize()  # said as a word: NASA, IKEA
    return word
