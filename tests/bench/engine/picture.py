"""The table as bars, in an SVG of its own: no library is worth one picture."""

from __future__ import annotations

from html import escape

COLUMNS = (("n1", "N = 1"), ("n8", "N = 8"), ("n32", "N = 32"))
OURS, THEIRS = "#c2571a", "#7d8aa5"
WIDTH, BAR, GAP, LEFT = 900, 13, 3, 250


def bars(rows: dict[str, dict[str, float]]) -> str:
    """One group of bars for each count of ideas, longest first.

    Args:
        rows: by engine, tokens a CPU-second by column.
    """
    parts: list[str] = []
    top = 24
    most = max(value for row in rows.values() for value in row.values())
    for key, title in COLUMNS:
        parts.append(f'<text x="{LEFT}" y="{top}" class="head">{title}: tokens a CPU-second</text>')
        top += 8
        ranked = sorted(((row[key], name) for name, row in rows.items() if key in row), reverse=True)
        for value, name in ranked:
            colour = OURS if name.startswith("ours") else THEIRS
            long = value / most * (WIDTH - LEFT - 60)
            parts.append(f'<text x="{LEFT - 8}" y="{top + BAR - 3}" text-anchor="end">{escape(name)}</text>')
            parts.append(f'<rect x="{LEFT}" y="{top}" width="{long:.1f}" height="{BAR}" fill="{colour}"/>')
            parts.append(f'<text x="{LEFT + long + 6:.1f}" y="{top + BAR - 3}">{value:.0f}</text>')
            top += BAR + GAP
        top += 28
    style = "text{font:12px sans-serif;fill:#222}.head{font-weight:bold;font-size:13px}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}">'
        f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
