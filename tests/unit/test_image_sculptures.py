"""Buildings from words and things turned about their middle: as asked for, closed, turned outwards, files that fit together."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Sequence

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="pip install 'muselab[image]'")
pytest.importorskip("resvg_py", reason="pip install 'muselab[image]'")

from PIL import Image, ImageDraw

from bot.words import speaking
from generators.engines.image import building_words, raising, roofs, sculptures, turning
from generators.engines.image.building_plans import Plan, planned
from generators.engines.image.building_words import Said, read, table
from generators.engines.image.meshes import Corner, Mesh, box, revolved
from generators.engines.image.models3d import glb
from generators.engines.image.turntable import Strewn, frame, strewn_over
from generators.engines.making import Unmakeable
from generators.engines.shared.colour import library

OCEAN = next(each for each in library() if each.name == "ocean")
RED = (200, 30, 30)


def a_plan(text: str, seed: int = 1) -> Plan:
    return planned(read(text), OCEAN, random.Random(seed))


def volume(mesh: Mesh) -> float:
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def open_sides(mesh: Mesh) -> int:
    """How many sides of triangles are not met by exactly one other, the other way round."""
    sides = np.concatenate([mesh.triangles[:, [one, (one + 1) % 3]] for one in range(3)]).astype(np.int64)
    there, back = (sides[:, one] * len(mesh.vertices) + sides[:, 1 - one] for one in range(2))
    found, counts = np.unique(there, return_counts=True)
    return int((counts > 1).sum() + (~np.isin(back, found)).sum())


def inward(mesh: Mesh) -> int:
    """How many triangles look another way than their corners' normals."""
    a, b, c = (mesh.vertices[mesh.triangles[:, corner]].astype(float) for corner in range(3))
    ways = mesh.normals[mesh.triangles].sum(1)
    return int(((np.cross(b - a, c - a) * ways).sum(1) < -1e-9).sum())


def looks_right(meshes: Sequence[Mesh]) -> bool:
    return all(
        not open_sides(mesh)
        and not inward(mesh)
        and volume(mesh) > 0
        and np.allclose(np.linalg.norm(mesh.normals, axis=1), 1, atol=1e-3)
        and len(np.unique(mesh.vertices.round(6), axis=0)) == len(mesh.vertices)  # closed for readers that join by place, too
        for mesh in meshes
    )


def test_a_box_and_a_turned_cylinder_have_their_volume() -> None:
    cylinder = revolved([Corner(0, 0), Corner(1, 0), Corner(1, 2), Corner(0, 2)], RED, bevel=0.001, sides=180)

    assert volume(box(2, 3, 4, RED, bevel=0.001)) == pytest.approx(24, rel=1e-3)
    assert volume(cylinder) == pytest.approx(2 * np.pi, rel=2e-3)


@pytest.mark.parametrize("kind", [kind for kind in table()["kind"] if kind != "block"])
def test_a_building_of_every_kind_is_closed_and_turned_outwards(kind: str) -> None:
    assert looks_right(raising.raised(planned(Said(kind=kind, storeys=2), OCEAN, random.Random(3))))


@pytest.mark.parametrize("roof", [*roofs.ROOFS, "pagoda"])
def test_every_roof_is_closed_with_all_that_stands_around(roof: str) -> None:
    said = Said(kind="building", storeys=2, roof=roof, bays=3, parts=dict.fromkeys(table()["part"], True) | {"round": False})

    assert looks_right(raising.raised(planned(said, OCEAN, random.Random(4))))


@pytest.mark.parametrize("name", list(turning.profiles()))
def test_everything_turned_is_closed_and_turned_outwards(name: str) -> None:
    assert looks_right(turning.turned(turning.profiles()[name], OCEAN, random.Random(5), as_is=False))


@pytest.mark.parametrize(
    ("text", "storeys", "roof", "windows"),
    [
        ("a three-storey house with arched windows and a flat roof", 3, "flat", "arched"),
        ("ein dreistöckiges Haus mit Walmdach und runden Fenstern", 3, "hip", "round"),
        ("une maison de quatre étages au toit plat", 4, "flat", "plain"),
        ("un edificio de cinco pisos con cúpula y sin ventanas", 5, "dome", "none"),
        ("五层楼，平屋顶，拱形窗", 5, "flat", "arched"),
        ("a 12 floor tower with battlements", 12, "battlements", "arched"),
        ("a library without windows", 0, "hip", "none"),
        ("a skyscraper of 40 floors", 30, "flat", "ribbon"),
    ],
)
def test_words_in_five_languages_say_what_a_building_has(text: str, storeys: int, roof: str, windows: str) -> None:
    plan = a_plan(text)

    assert (plan.storeys if storeys else 0, plan.roof, plan.windows) == (storeys, roof, windows)


def test_parts_are_there_where_they_are_named_and_not_where_they_are_denied() -> None:
    assert {"arcade", "balcony", "columns"} <= a_plan("a hotel with arches, columns and balconies").parts
    assert "chimney" in a_plan("a house").parts
    assert "chimney" not in a_plan("a house without a chimney but with stairs").parts
    assert "stairs" in a_plan("a house without a chimney but with stairs").parts


def test_colours_are_those_of_the_parts_that_they_are_said_of() -> None:
    english, french = a_plan("a house with white walls and a red roof"), a_plan("une maison aux murs blancs et toit rouge")

    assert (english.wall, english.top) == (french.wall, french.top) == ((248, 248, 248), (210, 40, 40))
    assert a_plan("a blue house").wall == (45, 90, 200)


def test_only_what_is_built_is_shown_as_a_building() -> None:
    assert building_words.is_building("a lighthouse that tells stories")
    assert not building_words.is_building("a rocket full of books")
    assert not building_words.is_building("a walking tour for dogs")


def test_a_silhouette_is_turned_about_its_middle_in_its_colours() -> None:
    drawing = Image.new("RGB", (200, 200), "white")
    ImageDraw.Draw(drawing).rectangle((60, 20, 139, 179), fill=RED)

    [made] = turning.from_silhouette(drawing)

    high, wide = np.ptp(made.vertices[:, 1]), np.ptp(made.vertices[:, 0])
    assert high / wide == pytest.approx(2.0, rel=0.03)
    assert volume(made) == pytest.approx(np.pi * (wide / 2) ** 2 * high, rel=0.03)
    assert max(abs(a - b) for shade in made.strip for a, b in zip(shade, RED, strict=True)) <= 3
    assert looks_right([made])


def test_a_picture_without_a_shape_is_refused_with_what_to_send() -> None:
    with pytest.raises(Unmakeable, match="plain or transparent ground"):
        turning.from_silhouette(Image.new("RGB", (200, 200), "grey"))


def test_a_strip_of_colours_lies_in_the_file_as_a_picture_with_its_coordinates() -> None:
    made = turning.turned(turning.profiles()["vase"], OCEAN, random.Random(1), as_is=True)

    content = glb(made)

    length = struct.unpack_from("<I", content, 12)[0]
    told = json.loads(content[20 : 20 + length])
    view = told["bufferViews"][told["images"][0]["bufferView"]]
    picture = content[28 + length + view["byteOffset"] :][: view["byteLength"]]
    assert picture.startswith(b"\x89PNG")
    assert told["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"] == {"index": 0}
    assert "TEXCOORD_0" in told["meshes"][0]["primitives"][0]["attributes"]
    assert struct.unpack_from("<I", content, 8)[0] == len(content)


def seen(strewn: Strewn, angle: float) -> np.ndarray:
    return np.asarray(frame(strewn, (255, 255, 255), angle), np.int16)


def test_what_is_nearer_hides_what_is_behind_it_from_every_side() -> None:
    near, far = box(0.8, 0.8, 0.1, RED, bevel=0.01).moved(z=0.4), box(0.8, 0.8, 0.1, (30, 30, 200), bevel=0.01).moved(z=-0.4)
    strewn = strewn_over([near, far])

    front, back = seen(strewn, 0.0)[120, 180], seen(strewn, np.pi)[120, 180]

    assert front[0] > 2 * front[2]
    assert back[2] > 2 * back[0]


def test_a_building_is_told_in_words_in_either_language() -> None:
    plan = a_plan("a three storey house with a red roof and arched windows")

    with speaking("en"):
        assert "house, 3 storeys, gable, arched windows, chimney" in sculptures.told(plan)
    with speaking("zh-CN"):
        assert "房子" in sculptures.told(plan)
