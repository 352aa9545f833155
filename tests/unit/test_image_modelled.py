"""Models in space by a named model: the real Shap-E on tiny random weights, loaded and asked as a real one is."""

from __future__ import annotations

import io
import json
import struct
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generators.engines.image import modelled
from generators.engines.image.engine import build
from generators.engines.making import Attachment, Commission, Unmakeable, Work


def needs_diffusers() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("diffusers", reason="pip install 'muselab[image-gpu]'")


def made(folder: Path, text: str, *attachments: Attachment) -> list[Work]:
    settings: Any = SimpleNamespace(image="embedded", solid=str(folder), device="cpu", dtype="float32", offload="none")
    commission = Commission(task="image", text=text, options={"task": "solid"}, attachments=attachments, seed=3)
    return list(build(settings, folder).make(commission, lambda _doing, _done: None))


@pytest.mark.slow  # its grid has 130 places a side, whatever the weights
@pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes
def test_shap_e_by_name_makes_a_turning_model_that_programs_can_load(tmp_path: Path) -> None:
    needs_diffusers()
    from tests import tiny_pictures

    (work,) = made(tiny_pictures.saved(tmp_path, "shap-e"), "a chair like a shark")

    turning, model = work.files
    assert (turning.media_type, model.media_type) == ("image/gif", "model/gltf-binary")
    assert getattr(Image.open(io.BytesIO(turning.content)), "n_frames", 1) == 24
    size = struct.unpack_from("<I", model.content, 12)[0]
    told = json.loads(model.content[20 : 20 + size])
    assert told["asset"]["version"] == "2.0"
    assert 1 <= len(told["materials"]) <= modelled.COLOURS
    assert 1000 < work.facts["triangles"] <= modelled.MOST_TRIANGLES  # type: ignore[operator]
    assert work.alt == "A model of: a chair like a shark, turning"
    assert work.facts["seed"] == 3
    with pytest.raises(Unmakeable, match="makes models of words"):
        made(tmp_path, "")


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_pictures_makes_no_models_in_space(tmp_path: Path) -> None:
    needs_diffusers()
    from tests import tiny_pictures

    with pytest.raises(Unmakeable, match="makes no models in space"):
        made(tiny_pictures.saved(tmp_path, "stable"), "a chair")


def a_ball(rings: int) -> tuple[Any, Any, Any]:
    """Half red and half blue, up is +z."""
    turn, rise = np.meshgrid(np.linspace(0, 2 * np.pi, 2 * rings, endpoint=False), np.linspace(0.05, np.pi - 0.05, rings))
    places = np.stack([np.sin(rise) * np.cos(turn), np.sin(rise) * np.sin(turn), np.cos(rise)], -1).reshape(-1, 3)
    wide, triangles = 2 * rings, []
    for row in range(rings - 1):
        for step in range(wide):
            a, b = row * wide + step, row * wide + (step + 1) % wide
            triangles += [[a, a + wide, b], [b, a + wide, b + wide]]
    light = np.where(places[:, 2:] > 0, [[1.0, 0, 0]], [[0, 0, 1.0]])
    return places.astype(np.float32), np.array(triangles, np.int32), light.astype(np.float32)


def test_colours_of_places_become_surfaces_that_stand_upright_and_face_outwards() -> None:
    meshes = modelled.surfaces(*a_ball(24))

    above = {mesh.colour for mesh in meshes if mesh.vertices[:, 1].mean() > 0.3}
    below = {mesh.colour for mesh in meshes if mesh.vertices[:, 1].mean() < -0.3}
    assert above == {(255, 0, 0)}
    assert below == {(0, 0, 255)}
    for mesh in meshes:
        outwards = mesh.vertices / np.linalg.norm(mesh.vertices, axis=1, keepdims=True)
        assert (np.sum(outwards * mesh.normals, axis=1) > 0.8).all()


def test_a_model_of_too_many_triangles_is_thinned_and_keeps_its_shape() -> None:
    places, triangles, light = a_ball(130)
    assert len(triangles) > modelled.MOST_TRIANGLES

    fewer, left, shades = modelled.thinned(places, triangles, light)

    assert 5_000 < len(left) <= modelled.MOST_TRIANGLES
    assert len(fewer) == len(shades)
    assert np.abs(np.linalg.norm(fewer, axis=1) - 1).max() < 0.02
