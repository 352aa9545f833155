"""Twenty boards over varied ideas on one sheet, how long they take from cold, and what memory they need.

python -m tests.bench.pictures [docs/boards.jpg]
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import time
from pathlib import Path

from PIL import Image

from generators.engines.image.engine import ImageEngine
from generators.engines.making import Commission, Work

LONG = (
    "A neighbourhood repair café that lends out tools, teaches people to mend what they own, keeps a ledger of everything saved "
    "from the landfill, and turns each repaired thing into a small story with a photo, a name and a date, so the street slowly "
    "builds its own museum of mended things — open on Saturdays, run by volunteers, paid for by a jar on the counter and by "
    "everyone who ever got something back."
)
#: Names, slogans, features, long texts, emoji, Chinese, one word, 400 letters.
IDEAS = (
    "Brew & Borrow: a coffee bar where every cup comes with a library book you can take home",
    "Ship happy.",
    "Offline mode that keeps your notes in sync when the train leaves the tunnel",
    "Honeycomb",
    "🚀 Launch day countdown wall",
    "深夜书店：一家只在午夜营业的书店，每本书都附一杯热茶",
    "Sleep is a superpower – a gentle alarm that wakes you with birdsong and sunrise light",
    "Neighbours lend each other garden tools and share the harvest",
    "Fewer meetings. Better mornings.",
    "PixelPaws: a tracker that tells you when your cat is bored",
    LONG,
    "Zero-waste lunch boxes for schools",
    "给孩子的太空夏令营",
    "Learn guitar in ten minutes a day",
    "Bike. Breathe. Repeat.",
    "A weather app that speaks like a grumpy sailor",
    "Tax season survival kit for freelancers 🧾☕",
    "Lumen & Oak — handmade lamps from fallen trees",
    "Why not rent a robot gardener?",
    "Städte für Menschen: mehr Bäume, weniger Autos",
)


def boards(ideas: tuple[str, ...] = IDEAS) -> list[Work]:
    """One board an idea, layouts in turn."""
    engine = ImageEngine()
    made: list[Work] = []
    for number, idea in enumerate(ideas):
        layout = ("poster", "moodboard", "logo")[number % 3]
        made += engine.make(
            Commission(task="image", text=idea, options={"layout": layout}, seed=number), lambda _doing, _done: None
        )
    return made


def sheet(works: list[Work], columns: int = 5, tall: int = 420) -> Image.Image:
    """Pictures side by side, a line of them after another."""
    pictures = [Image.open(io.BytesIO(work.files[0].content)).convert("RGB") for work in works]
    wide = round(tall * 4 / 3)
    page = Image.new("RGB", (columns * (wide + 8) + 8, -(-len(pictures) // columns) * (tall + 8) + 8), "#808080")
    for place, picture in enumerate(pictures):
        picture.thumbnail((wide, tall), Image.Resampling.LANCZOS)
        x = 8 + place % columns * (wide + 8) + (wide - picture.width) // 2
        page.paste(picture, (x, 8 + place // columns * (tall + 8)))
    return page


def cold() -> None:
    """Three boards in a fresh process."""
    began = time.perf_counter()
    engine = ImageEngine()
    list(engine.make(Commission(task="image", text=IDEAS[0], count=3, seed=1), lambda _doing, _done: None))
    used = resource.getrusage(resource.RUSAGE_SELF)
    sys.stdout.write(f"RESULT board_alone_s {time.perf_counter() - began:.1f}\n")
    sys.stdout.write(f"RESULT board_alone_cpu_s {used.ru_utime + used.ru_stime:.1f}\n")
    sys.stdout.write(f"RESULT board_alone_peak_mb {used.ru_maxrss / 1024:.0f}\n")


def main() -> None:
    """The command line."""
    if "cold" in sys.argv:
        cold()
        return
    subprocess.run([sys.executable, "-m", "tests.bench.pictures", "cold"], check=True)
    sheet(boards()).save(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/boards.jpg"), quality=82)


if __name__ == "__main__":
    main()
