"""Models in space by any pipeline of diffusers that makes meshes (Shap-E), from words or a picture, by what it says it takes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.words import _
from generators.engines.image.commissions import attached
from generators.engines.image.meshes import Mesh, fitted
from generators.engines.image.sculptures import work
from generators.engines.making import Commission, Report, Unmakeable, Work
from generators.engines.shared import pipelines
from generators.engines.shared.colour import Colour
from generators.engines.shared.device import placed

COLOURS = 12  #: that a model's own are brought together to: each is a material, and plastic has no more
PAPER: Colour = (250, 250, 245)  #: that a model turns before: its colours are its own
MOST_TRIANGLES = 60_000  # a GLB of 3 MB, smooth at the size of a screen; Shap-E makes up to 200 000, and Discord takes 10 MB
GRIDS = (160, 128, 96, 72, 56, 40, 28)  #: cells across, in each of which places become one until there are few enough


class Sculptor:
    """A model by its name or folder, loaded when first used."""

    def __init__(self, name: str, device: str, dtype: str) -> None:
        """Nothing is loaded yet; the arguments are those of `Diffusion`."""
        self.name = name
        self._where = device, dtype
        self._pipe: Any = None

    def sculptures(self, commission: Commission, report: Report) -> Iterator[Work]:
        """Models of an idea, each turning.

        Raises:
            Unmakeable: there is no such model, it cannot do this, or nothing came of it.
        """
        pictures = attached(commission, 0, 1)
        report(_("Loading the image model"), 0.0)
        takes = self._takes()
        text = commission.text.strip()
        if "image" in takes and not pictures:
            raise Unmakeable(_("The model {name} makes models of pictures. Please attach one.").format(name=self.name))
        if "image" not in takes and (pictures or not text):
            raise Unmakeable(
                _("The model {name} makes models of words. Describe the thing, without a picture.").format(name=self.name)
            )
        for number in range(commission.count):
            report(_("Modelling {thing}").format(thing=text or _("the picture")), (number + 0.1) / commission.count)
            made = self._mesh(text, pictures[0] if pictures else None, commission.seed + number)
            alt = _("A model of: {words}, turning").format(words=text[:200] or _("the picture"))
            yield work(made, "model", alt, PAPER, "modelled", {"model": self.name, "seed": commission.seed + number})

    def close(self) -> None:
        """Gives memory back."""
        self._pipe = None

    def _takes(self) -> set[str]:
        """The arguments of the pipeline, loaded if need be.

        Raises:
            Unmakeable: there is no such model, or it makes no meshes.
        """
        if self._pipe is None:
            device, dtype = placed(*self._where)
            pipe = pipelines.read(self.name, dtype)
            if '"mesh"' not in inspect.getsource(type(pipe).__call__):
                raise Unmakeable(_("The model {name} makes no models in space.").format(name=self.name))
            self._pipe = pipelines.settled(pipe, device)
        return set(inspect.signature(self._pipe.__call__).parameters)

    def _mesh(self, text: str, picture: Image.Image | None, seed: int) -> list[Mesh]:
        """One model as surfaces, a colour each.

        Raises:
            Unmakeable: the model cannot do this, or there is nothing to be seen.
        """
        import torch

        told: dict[str, Any] = {"output_type": "mesh", "generator": torch.Generator("cpu").manual_seed(seed)}
        told |= {"image": picture.convert("RGB")} if picture is not None else {"prompt": text}
        try:
            made = self._pipe(**told).images[0]
        except (ValueError, ZeroDivisionError) as error:  # raised, too, where no place of the room is inside a thing
            raise Unmakeable(
                _("The model {name} made nothing of this: {why}").format(name=self.name, why=str(error)[:200])
            ) from error
        vertices = made.verts.float().cpu().numpy()
        triangles = made.faces.cpu().numpy().astype(np.int32)
        if not len(triangles) or not np.isfinite(vertices).all():
            raise Unmakeable(_("The model {name} made nothing of this: {why}").format(name=self.name, why=_("there is no shape")))
        light = np.stack([made.vertex_channels[channel].float().cpu().numpy() for channel in "RGB"], axis=1)
        return surfaces(*thinned(vertices, triangles, light))


def thinned(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32], light: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]:
    """A mesh of no more than MOST_TRIANGLES: places in one cell of a grid become one. The arguments are those of `surfaces`."""
    low, wide = vertices.min(0), float(np.ptp(vertices, axis=0).max()) or 1.0
    few = vertices, triangles, light
    for cells in GRIDS:
        if len(few[1]) <= MOST_TRIANGLES:
            break
        _cell, kept = np.unique(np.floor((vertices - low) / wide * cells).astype(np.int64), axis=0, return_inverse=True)
        kept = kept.reshape(-1)
        count = np.bincount(kept)[:, None]
        means = [np.stack([np.bincount(kept, each) for each in values.T], 1) / count for values in (vertices, light)]
        corners = kept[triangles]
        flat = (corners[:, 0] == corners[:, 1]) | (corners[:, 1] == corners[:, 2]) | (corners[:, 0] == corners[:, 2])
        few = means[0].astype(np.float32), corners[~flat].astype(np.int32), means[1].astype(np.float32)
    return few


def surfaces(vertices: NDArray[np.float32], triangles: NDArray[np.int32], light: NDArray[np.float32]) -> list[Mesh]:
    """A mesh whose up is +z, as surfaces of one colour each, within the room that models turn in.

    Args:
        vertices: shape (n, 3).
        triangles: anticlockwise seen from outside, shape (m, 3).
        light: red, green and blue of each vertex in linear light, 0..1, shape (n, 3).
    """
    upright = np.ascontiguousarray(vertices[:, [0, 2, 1]] * (1, 1, -1), dtype=np.float32)
    normals = smooth(upright, triangles)
    shades = np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.clip(light, 0.0031308, 1) ** (1 / 2.4) - 0.055)
    faces = (shades[triangles].mean(1) * 255).clip(0, 255).round().astype(np.uint8)
    few = Image.fromarray(faces[None]).quantize(COLOURS, dither=Image.Dither.NONE)
    kinds, table = np.asarray(few)[0], few.getpalette() or []
    made = []
    for kind in np.unique(kinds):
        used, corners = np.unique(triangles[kinds == kind], return_inverse=True)
        colour: Colour = (table[3 * kind], table[3 * kind + 1], table[3 * kind + 2])
        made.append(
            Mesh(vertices=upright[used], normals=normals[used], triangles=corners.reshape(-1, 3).astype(np.int32), colour=colour)
        )
    return fitted(made)


def smooth(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Normals of vertices, unit length: those of the triangles around each, the larger counting more."""
    one, two, three = (vertices[triangles[:, corner]] for corner in range(3))
    flat = np.cross(two - one, three - one)
    summed = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(summed, triangles[:, corner], flat)
    length = np.linalg.norm(summed, axis=1, keepdims=True)
    return np.where(length > 1e-12, summed / np.maximum(length, 1e-12), np.array([0, 1, 0], np.float32)).astype(np.float32)
