"""Surfaces as a file for 3D programs (GLB, glTF 2.0): one mesh, a material for each colour or strip of colours."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generators.engines.image.turntable import Surface, strip_of
from generators.engines.shared.colour import Colour

FLOAT, SHORT, LONG = 5126, 5123, 5125  # glTF's numbers for types of numbers
VERTICES, INDICES = 34962, 34963  # and for what a buffer holds
TEXELS = 16  #: of a strip's picture, across: all alike


class _Packed:
    """What stands behind the description: numbers and pictures, and where each lies."""

    def __init__(self) -> None:
        self.content = b""
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def add(self, content: bytes, **more: int) -> int:
        """The number of a new view of these bytes."""
        self.views.append({"buffer": 0, "byteOffset": len(self.content), "byteLength": len(content), **more})
        self.content += content + bytes(-len(content) % 4)
        return len(self.views) - 1

    def numbers(self, values: NDArray[Any], kind: str, component: int, target: int, **more: Any) -> int:
        """The number of a new accessor of an array."""
        view = self.add(values.tobytes(), target=target)
        self.accessors.append({"bufferView": view, "componentType": component, "count": len(values), "type": kind, **more})
        return len(self.accessors) - 1


def glb(surfaces: Sequence[Surface]) -> bytes:
    """The surfaces as one mesh. Source: glTF 2.0, sections 3.6 and 4."""
    packed = _Packed()
    strips = [surface for surface in surfaces if strip_of(surface)[1] is not None]
    materials: list[dict[str, Any]] = []
    for surface in surfaces:
        number = sum("baseColorTexture" in one["pbrMetallicRoughness"] for one in materials)
        materials.append(material(surface.colour, number if strip_of(surface)[1] is not None else None))
    told: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Muselab"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [_primitive(packed, surface, number) for number, surface in enumerate(surfaces)]}],
        "materials": materials,
    }
    if strips:
        told["images"] = [{"bufferView": packed.add(_png(surface)), "mimeType": "image/png"} for surface in strips]
        told["textures"] = [{"source": number, "sampler": 0} for number in range(len(strips))]
        told["samplers"] = [{"wrapS": 33071, "wrapT": 33071}]  # clamped at the edges
    told |= {"accessors": packed.accessors, "bufferViews": packed.views, "buffers": [{"byteLength": len(packed.content)}]}
    head = json.dumps(told, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 4)
    content = packed.content
    chunks = struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(content), b"BIN\0") + content
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def _primitive(packed: _Packed, surface: Surface, number: int) -> dict[str, Any]:
    vertices, normals, triangles = surface.surface()
    bounds = {"min": vertices.min(0).tolist(), "max": vertices.max(0).tolist()}
    attributes = {
        "POSITION": packed.numbers(vertices.astype("<f4"), "VEC3", FLOAT, VERTICES, **bounds),
        "NORMAL": packed.numbers(normals.astype("<f4"), "VEC3", FLOAT, VERTICES),
    }
    _strip, heights = strip_of(surface)
    if heights is not None:
        # Around, a strip goes there and back, so that no place has two ends of it.
        around = np.abs(np.arctan2(vertices[:, 2], vertices[:, 0])) / np.pi
        attributes["TEXCOORD_0"] = packed.numbers(np.stack([around, 1 - heights], 1).astype("<f4"), "VEC2", FLOAT, VERTICES)
    short = len(vertices) < 2**16
    flat = triangles.reshape(-1).astype("<u2" if short else "<u4")
    indices = packed.numbers(flat, "SCALAR", SHORT if short else LONG, INDICES)
    return {"attributes": attributes, "indices": indices, "material": number}


def _png(surface: Surface) -> bytes:
    """A strip of colours as a picture, the highest on top."""
    strip = strip_of(surface)[0][::-1].astype(np.uint8)
    kept = io.BytesIO()
    Image.fromarray(np.repeat(strip[:, None], TEXELS, axis=1)).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def material(colour: Colour, strip: int | None = None) -> dict[str, Any]:
    """A smooth plastic of a colour, which glTF wants in linear light; or of the colours of a strip."""
    linear = [((value / 255 + 0.055) / 1.055) ** 2.4 if value > 10 else value / 255 / 12.92 for value in colour]
    shade = {"baseColorFactor": [*linear, 1.0]} if strip is None else {"baseColorTexture": {"index": strip}}
    return {"pbrMetallicRoughness": {**shade, "metallicFactor": 0.0, "roughnessFactor": 0.55}}
