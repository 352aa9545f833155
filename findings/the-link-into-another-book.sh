#!/usr/bin/env bash
# Guessed: where two PDFs are put together, a link stays in the book that it was written in.
# Seen: typst names what is linked to by its label. Two books with a label of the same name, put together by pypdf, have both links on
# the page of the first: "two, contents" leads into "one", without a word. pikepdf renames the second, and each link leads home.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv --without-pip "$work/venv"
python3 -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-cache-dir --no-compile typst==0.15.2 pypdf==7.1.1 pikepdf==10.18.0
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import io
import sys
from importlib.metadata import version

import pikepdf
import typst
from pypdf import PdfReader, PdfWriter

def book(title, pages):
    """A PDF whose first page links to its last."""
    middle = "".join(f"#pagebreak()\n{title}, page {number}\n" for number in range(2, pages))
    return typst.compile(f"#link(<names>)[{title}, contents]\n{middle}#pagebreak()\n= Names <names>\n{title}, names".encode())

def links(pdf):
    """Last line of the page with a link → last line of the page that it leads to."""
    reader = PdfReader(io.BytesIO(pdf))
    last_line = [page.extract_text().strip().splitlines()[-1] for page in reader.pages]
    found = {}
    for number, page in enumerate(reader.pages):
        for annotation in page.get("/Annots", ()):
            note = annotation.get_object()
            target = reader.named_destinations[note.get("/Dest") or note["/A"]["/D"]]
            found[last_line[number]] = last_line[reader.get_destination_page_number(target)]
    return found

def by_pypdf(books):
    writer, out = PdfWriter(), io.BytesIO()
    for pdf in books:
        writer.append(io.BytesIO(pdf))
    writer.write(out)
    return out.getvalue()

def by_pikepdf(books):
    together, out = pikepdf.Pdf.new(), io.BytesIO()
    for pdf in books:
        together.add_pages_from(pikepdf.open(io.BytesIO(pdf)))
    together.save(out)
    return out.getvalue()

one, two = book("one", 3), book("two", 5)
alone = links(one) | links(two)
seen = {"alone": alone, "pypdf": links(by_pypdf([one, two])), "pypdf, two first": links(by_pypdf([two, one])), "pikepdf": links(by_pikepdf([one, two]))}
print("typst", version("typst"), "pypdf", version("pypdf"), "pikepdf", version("pikepdf"))
for how, found in seen.items():
    print("   ", f"{how:17}", found)
held = alone == {"one, contents": "one, names", "two, contents": "two, names"} == seen["pikepdf"]
held &= set(seen["pypdf"].values()) == {"one, names"} and set(seen["pypdf, two first"].values()) == {"two, names"}
sys.exit(0 if held else "changed")
PY
