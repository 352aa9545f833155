"""Films for pitches: what a model takes is read from its signature; tiny random weights of Wan and LTX make some."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from generators.engines.making import Unmakeable
from generators.engines.pitch import clip
from generators.engines.pitch.captions import timed
from generators.engines.pitch.filming import Film, sized, taking
from tests.unit.test_pitch import VOICE


class Wan:
    """The signature and numbers of diffusers' WanPipeline."""

    vae_scale_factor_spatial, vae_scale_factor_temporal = 8, 4
    transformer = SimpleNamespace(config={"patch_size": (1, 2, 2)})

    def __call__(
        self, prompt: Any = None, height: int = 480, width: int = 832, num_frames: int = 81, num_inference_steps: int = 50
    ) -> None: ...


class Seeing:
    """Of one that goes on from a picture."""

    vae_spatial_compression_ratio, vae_temporal_compression_ratio = 32, 8
    transformer = SimpleNamespace(config={"patch_size": 1})

    def __call__(
        self,
        image: Any = None,
        prompt: Any = None,
        height: int = 512,
        width: int = 704,
        num_frames: int = 161,
        frame_rate: int = 25,
    ) -> None: ...


def test_what_a_model_takes_is_read_from_what_it_says_of_itself() -> None:
    wan, ltx = taking(Wan()), taking(Seeing())

    assert (wan.fps, wan.frames, wan.every, wan.multiple, wan.sees) == (16, 81, 4, 16, False)
    assert (ltx.fps, ltx.frames, ltx.every, ltx.multiple, ltx.sees) == (25, 121, 8, 32, True)


def test_frames_have_the_clip_s_shape_and_as_many_pixels_as_the_model_knows() -> None:
    wide, tall = sized((960, 448), 16, 480 * 832)

    assert (wide % 16, tall % 16) == (0, 0)
    assert wide / tall == pytest.approx(960 / 448, rel=0.03)
    assert wide * tall == pytest.approx(480 * 832, rel=0.05)


def test_a_model_of_pictures_is_no_model_of_films() -> None:
    with pytest.raises(Unmakeable, match="makes no films"):
        taking(SimpleNamespace(__call__=print))


def test_a_film_goes_there_and_back_again_in_the_clip(tmp_path: Path) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="muselab[speech] is not installed")
    frames = [Image.new("RGB", (96, 48), (50 * number, 0, 0)) for number in range(5)]

    film = clip.filmed(frames)
    made = clip.cut(b"", VOICE, None, timed("a red cat", 3.0), 4.0, film=film, fps=16)

    assert len(film) == 8
    (tmp_path / "clip.mp4").write_bytes(made)
    told = subprocess.run(
        [ffmpeg.get_ffmpeg_exe(), "-i", tmp_path / "clip.mp4"], capture_output=True, text=True, check=False
    ).stderr
    assert "960x540" in told
    assert "Duration: 00:00:04" in told


@pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes
@pytest.mark.parametrize("family", ["wan", "ltx"])
def test_a_film_comes_of_words_by_a_tiny_model(family: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("diffusers", reason="pip install 'muselab[image-gpu]'")
    from tests.tiny_videos import saved

    film, told = Film(str(saved(tmp_path, family)), "cpu", "float32"), []

    frames, fps = film.frames("a red cat", Image.new("RGB", (64, 64)), (64, 64), 0.5, 1, told.append, steps=2, area=64 * 64)

    assert {frame.size for frame in frames} == {(64, 64)}
    assert len(frames) == {"wan": 9, "ltx": 13}[family]
    assert fps in {16, 25}
    assert told[-1] == 1.0


@pytest.mark.parametrize("offload", ["none", "model", "sequential"])
def test_a_film_s_parts_wait_in_main_memory_as_the_host_settled_it(offload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Pipe(Wan):
        def set_progress_bar_config(self, **_settings: Any) -> None: ...

        def to(self, device: str) -> Pipe:
            asked.append(f"none on {device}")
            return self

        def enable_model_cpu_offload(self, *, device: str) -> None:
            asked.append(f"model on {device}")

        def enable_sequential_cpu_offload(self, *, device: str) -> None:
            asked.append(f"sequential on {device}")

    library = SimpleNamespace(from_pretrained=lambda _name, **_settings: Pipe())
    monkeypatch.setitem(sys.modules, "diffusers", SimpleNamespace(DiffusionPipeline=library))

    Film("a model", "cuda:1", "float32", offload=offload)._loaded()

    assert asked == [f"{offload} on cuda:1"]
