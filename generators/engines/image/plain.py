"""Drawings that say little: plain shapes and signs, and what stands for an idea that nothing fits."""

from __future__ import annotations

#: What claims to show nothing: stands where no drawing is meant.
SHAPES = (
    "red circle", "blue circle", "yellow circle", "green circle", "orange square", "purple square", "blue square", "yellow square",
    "large orange diamond", "large blue diamond", "red triangle pointed up",
)  # fmt: skip
PLAIN_MARKS = (
    "hexagon",
    "circle-half",
    "diamonds-four",
    "circles-three",
    "asterisk",
    "diamond",
    "circles-four",
    "circle-half-tilt",
)
#: What stands for an idea when nothing fits it.
OPEN = (
    "light bulb",
    "sparkles",
    "rocket",
    "star",
    "speech balloon",
    "compass",
    "puzzle piece",
    "artist palette",
    "balloon",
    "seedling",
)
