"""3D models of drawings: closed, small, readable by other programs, and turning."""

from __future__ import annotations

import io
import json
import struct
from collections import Counter

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")
pytest.importorskip("resvg_py", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from generators.engines.image.engine import ImageEngine
from generators.engines.image.models3d import glb
from generators.engines.image.solids import Layer, layers
from generators.engines.image.turntable import FRAMES
from generators.engines.making import Commission


@pytest.fixture(scope="module")
def target() -> list[Layer]:
    """A red disc with a hole and a small blue square on it."""
    drawing = Image.new("RGBA", (256, 256))
    pen = ImageDraw.Draw(drawing)
    pen.ellipse((20, 20, 236, 236), fill="red")
    pen.ellipse((100, 100, 156, 156), fill=(0, 0, 0, 0))
    pen.rectangle((40, 110, 80, 150), fill="blue")
    return layers(drawing)


def test_each_colour_is_a_layer_and_the_rarer_one_stands_out(target: list[Layer]) -> None:
    assert [layer.colour for layer in target] == [(254, 0, 0), (0, 0, 254)] or [
        tuple(round(value / 250) for value in layer.colour) for layer in target
    ] == [(1, 0, 0), (0, 0, 1)]
    assert target[1].high > target[0].high == target[1].low


def test_every_surface_is_closed_and_turned_outwards(target: list[Layer]) -> None:
    for layer in target:
        vertices, _normals, triangles = layer.surface()
        points = [tuple(np.round(vertex, 5)) for vertex in vertices.tolist()]
        sides: Counter[tuple[object, object]] = Counter()
        for a, b, c in triangles.tolist():
            for one, other in ((a, b), (b, c), (c, a)):
                sides[points[one], points[other]] += 1
        assert all(count == 1 and sides[other, one] == 1 for (one, other), count in sides.items())

        a, b, c = (vertices[triangles[:, corner]].astype(float) for corner in range(3))
        volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
        assert volume > 0


def test_the_disc_has_the_volume_that_it_should_have(target: list[Layer]) -> None:
    vertices, _normals, triangles = target[0].surface()
    a, b, c = (vertices[triangles[:, corner]].astype(float) for corner in range(3))
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)

    area = np.pi * ((108 / 128) ** 2 - (28 / 128) ** 2)  # of a drawing 2 wide
    assert volume == pytest.approx(area * (65 / 66) ** 2 * 2 * target[0].high, rel=0.02)  # 65 samples of it on a grid of 66 cells


def test_a_model_is_a_gltf_file_whose_parts_fit_together(target: list[Layer]) -> None:
    content = glb(target)

    magic, version, size = struct.unpack_from("<4sII", content)
    assert (magic, version, size) == (b"glTF", 2, len(content))
    length, kind = struct.unpack_from("<I4s", content, 12)
    told = json.loads(content[20 : 20 + length])
    stored, name = struct.unpack_from("<I4s", content, 20 + length)
    assert (kind, name, stored) == (b"JSON", b"BIN\0", told["buffers"][0]["byteLength"])
    assert len(content) == 28 + length + stored
    widths = {"VEC3": 12, "SCALAR": 2}
    for accessor in told["accessors"]:
        view = told["bufferViews"][accessor["bufferView"]]
        assert view["byteOffset"] % 4 == 0
        assert view["byteLength"] == accessor["count"] * widths[accessor["type"]]
        assert view["byteOffset"] + view["byteLength"] <= stored
    normals = np.frombuffer(content, "<f4", told["accessors"][1]["count"] * 3, 28 + length + told["bufferViews"][1]["byteOffset"])
    assert np.linalg.norm(normals.reshape(-1, 3), axis=1) == pytest.approx(1.0, abs=1e-3)


def test_things_of_an_idea_become_models_that_turn() -> None:
    made = list(
        ImageEngine().make(
            Commission(task="image", text="a rocket full of books", options={"task": "solid"}, count=2),
            lambda _doing, _done: None,
        )
    )

    assert {work.traits["thing"] for work in made} >= {"rocket"}
    assert len({work.traits["thing"] for work in made}) == 2
    for work in made:
        turning = Image.open(io.BytesIO(work.files[0].content))
        assert turning.n_frames == FRAMES  # type: ignore[attr-defined]
        assert work.files[1].content.startswith(b"glTF")
        assert work.traits["thing"] in work.alt
