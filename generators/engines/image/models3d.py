"""A solid as a file for 3D programs (GLB, glTF 2.0), and turning before one's eyes (GIF)."""

from __future__ import annotations

import io
import json
import math
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generators.engines.image.solids import Layer
from generators.engines.shared.colour import Colour

FRAMES, FRAME_MS = 24, 80  # a turn in two seconds
SIDE, SMOOTH = 360, 2  # pixels of a frame; drawn so many times larger
TILT = math.radians(14)  #: seen a little from above
LIGHT = np.array([-0.35, 0.55, 0.76])  #: where it comes from, unit length
AMBIENT = 0.5  #: share of the light that comes from everywhere
FLOAT, SHORT, LONG = 5126, 5123, 5125  # glTF's numbers for types of numbers


def glb(layers: list[Layer]) -> bytes:
    """The layers as one mesh, each with a material of its colour. Source: glTF 2.0, sections 3.6 and 4."""
    packed = b""
    accessors: list[dict[str, Any]] = []
    views: list[dict[str, Any]] = []
    primitives: list[dict[str, Any]] = []

    def add(values: NDArray[Any], kind: str, component: int, target: int, **more: Any) -> int:
        nonlocal packed
        views.append({"buffer": 0, "byteOffset": len(packed), "byteLength": values.nbytes, "target": target})
        packed += values.tobytes() + bytes(-values.nbytes % 4)
        accessors.append({"bufferView": len(views) - 1, "componentType": component, "count": len(values), "type": kind, **more})
        return len(accessors) - 1

    for number, layer in enumerate(layers):
        vertices, normals, triangles = layer.surface()
        bounds = {"min": vertices.min(0).tolist(), "max": vertices.max(0).tolist()}
        attributes = {
            "POSITION": add(vertices.astype("<f4"), "VEC3", FLOAT, 34962, **bounds),
            "NORMAL": add(normals.astype("<f4"), "VEC3", FLOAT, 34962),
        }
        short = len(vertices) < 2**16
        indices = add(triangles.reshape(-1).astype("<u2" if short else "<u4"), "SCALAR", SHORT if short else LONG, 34963)
        primitives.append({"attributes": attributes, "indices": indices, "material": number})
    told = {
        "asset": {"version": "2.0", "generator": "Muselab"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": primitives}],
        "materials": [material(layer.colour) for layer in layers],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(packed)}],
    }
    head = json.dumps(told, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 4)
    chunks = struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(packed), b"BIN\0") + packed
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def material(colour: Colour) -> dict[str, Any]:
    """A smooth plastic of a colour, which glTF wants in linear light."""
    linear = [((value / 255 + 0.055) / 1.055) ** 2.4 if value > 10 else value / 255 / 12.92 for value in colour]
    return {"pbrMetallicRoughness": {"baseColorFactor": [*linear, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.55}}


def turntable(layers: list[Layer], ground: Colour) -> bytes:
    """One turn as an endless GIF."""
    frames = [frame(layers, ground, 2 * math.pi * number / FRAMES) for number in range(FRAMES)]
    palette = frames[FRAMES // 8].quantize(128)  # one for all, else colours flicker
    drawn = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in frames]
    kept = io.BytesIO()
    drawn[0].save(kept, "GIF", save_all=True, append_images=drawn[1:], duration=FRAME_MS, loop=0, optimize=False)
    return kept.getvalue()


def frame(layers: list[Layer], ground: Colour, angle: float) -> Image.Image:
    """The solid turned by an angle, in parallel perspective.

    Parts are drawn from the farthest to the nearest: of each layer first the walls that face us, then its top, from the lowest
    layer to the highest. That order is right because nothing of a layer lies above its own top.
    """
    side = SIDE * SMOOTH
    picture = Image.new("RGB", (side, side), ground)
    pen = ImageDraw.Draw(picture)
    shade = tuple(round(0.88 * value) for value in ground)
    pen.ellipse((side * 0.2, side * 0.83, side * 0.8, side * 0.93), fill=shade)
    turn = turned(angle)
    facing = 1.0 if turn[2, 2] >= 0 else -1.0
    for layer in layers:
        walls(pen, layer, turn, facing, side)
        cap(pen, layer, turn, facing, side)
    return picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def turned(angle: float) -> NDArray[np.float64]:
    """The rotation about the vertical, then a tilt towards us."""
    c, s, ct, st = math.cos(angle), math.sin(angle), math.cos(TILT), math.sin(TILT)
    made: NDArray[np.float64] = np.array([[1, 0, 0], [0, ct, -st], [0, st, ct]]) @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return made


def walls(pen: ImageDraw.ImageDraw, layer: Layer, turn: NDArray[np.float64], facing: float, side: int) -> None:
    """The walls of a layer that face us, the farthest first; only what stands out of the layer beneath."""
    ends = [-layer.high, layer.high] if layer.low == 0 else [facing * layer.low, facing * layer.high]
    a, b = layer.corners[layer.edges[:, 0]], layer.corners[layer.edges[:, 1]]
    normals = (layer.outward[layer.edges[:, 0]] + layer.outward[layer.edges[:, 1]]) @ turn.T
    normals /= np.maximum(1e-6, np.linalg.norm(normals, axis=1, keepdims=True))
    first, last = (np.array([0, 0, end]) for end in ends)
    quads = np.stack([a + first, b + first, b + last, a + last], 1) @ turn.T
    lights, seen = lit(normals), placed(quads, side).tolist()
    for place in np.argsort(quads[:, :, 2].mean(1)):
        if normals[place, 2] > 0:
            pen.polygon([tuple(point) for point in seen[place]], fill=tinted(layer.colour, float(lights[place])))


def cap(pen: ImageDraw.ImageDraw, layer: Layer, turn: NDArray[np.float64], facing: float, side: int) -> None:
    """The top of a layer on our side."""
    normal = np.array([[0, 0, facing]]) @ turn.T
    if normal[0, 2] <= 0:
        return
    top = layer.corners + np.array([0, 0, facing * layer.high])
    points = [tuple(point) for point in placed(top @ turn.T, side).tolist()]
    colour = tinted(layer.colour, float(lit(normal)[0]))
    for a, b, c in layer.caps.tolist():
        pen.polygon([points[a], points[b], points[c]], fill=colour)


def placed(points: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Where points, shape (…, 3), lie on the picture, shape (…, 2)."""
    return points[..., :2] * (0.36 * side, -0.36 * side) + (0.5 * side, 0.47 * side)


def lit(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """How light surfaces are, 0..1 (Lambert)."""
    made: NDArray[np.float64] = AMBIENT + (1 - AMBIENT) * np.clip(normals @ LIGHT / np.linalg.norm(LIGHT), 0, 1)
    return made


def tinted(colour: Colour, light: float) -> Colour:
    """A colour in some light."""
    red, green, blue = (min(255, round(value * (0.12 + 0.95 * light))) for value in colour)
    return red, green, blue
