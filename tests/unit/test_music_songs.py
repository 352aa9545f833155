"""Pipelines of diffusers that make sound, by name: the real classes on tiny random weights, loaded and asked as real ones are."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import soundfile

from generators.engines.making import Commission, Unmakeable, Work
from generators.engines.music import engine as music
from generators.engines.music import lyrics

SONG = "[verse]\nTea under the stars\n[chorus]\nPour it slow"


def diffusers() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("diffusers", reason="pip install 'muselab[image-gpu]'")


def oobleck(latents: int) -> Any:
    return diffusers().AutoencoderOobleck(
        encoder_hidden_size=6, downsampling_ratios=[8, 8, 5], decoder_channels=3, decoder_input_channels=latents,
        audio_channels=2, channel_multiples=[1, 2, 2], sampling_rate=8_000,
    )  # fmt: skip


def words() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    tokens = {"<pad>": 0, "</s>": 1, "<unk>": 2} | {chr(code): code - 30 for code in range(33, 127)}
    read = Tokenizer(models.WordLevel(tokens, unk_token="<unk>"))
    read.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    return PreTrainedTokenizerFast(tokenizer_object=read, eos_token="</s>", unk_token="<unk>", pad_token="<pad>")


def an_ace_step(folder: Path) -> str:
    import torch
    from transformers import Qwen3Config, Qwen3Model

    kit = diffusers()
    torch.manual_seed(0)
    shape: dict[str, Any] = {
        "hidden_size": 16, "intermediate_size": 16, "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8,
    }  # fmt: skip
    text = Qwen3Config(vocab_size=128, num_hidden_layers=1, **shape)
    kit.AceStepPipeline(
        vae=oobleck(8),
        text_encoder=Qwen3Model(text),
        tokenizer=words(),
        transformer=kit.AceStepTransformer1DModel(
            num_hidden_layers=2, in_channels=24, audio_acoustic_hidden_dim=8, is_turbo=True, **shape
        ),
        condition_encoder=kit.pipelines.ace_step.AceStepConditionEncoder(
            text_hidden_dim=16,
            timbre_hidden_dim=8,
            num_lyric_encoder_hidden_layers=1,
            num_timbre_encoder_hidden_layers=1,
            **shape,
        ),
        scheduler=kit.FlowMatchEulerDiscreteScheduler(num_train_timesteps=1, shift=1.0),
    ).save_pretrained(folder)
    return str(folder)


def made(name: str, text: str, report: Any = lambda doing, done: None, seed: int = 1, **given: Any) -> list[Work]:
    engine = music.build(SimpleNamespace(music=name, device="cpu", dtype="float32"), None)
    return list(engine.make(Commission(task="music", text=text, options=given, seed=seed), report))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # diffusers and transformers announce their own changes
def test_a_song_is_made_of_words_and_lyrics_by_ace_step(tmp_path: Path) -> None:
    name, done = an_ace_step(tmp_path), []

    def told(_doing: str, share: float) -> None:
        done.append(share)

    (work,) = made(
        name,
        f"dreamy pop, lyrics: {SONG}",
        lambda _doing, share: done.append(share),
        seconds=2,
        tempo=96,
        key="D minor",
        format="wav",
    )
    (other,) = made(name, "dreamy pop", seconds=2, tempo=96, key="D minor", format="wav", lyrics="[verse]\nRain on the roof")

    heard, rate = soundfile.read(io.BytesIO(work.files[0].content))
    assert (rate, heard.shape[1]) == (44_100, 2)
    assert len(heard) / rate == pytest.approx(2.0, abs=0.2)
    assert "Tea under the stars" in work.alt
    assert work.files[0].content != other.files[0].content, "other lyrics are another song"
    assert sorted(done) == done
    assert len(done) > 8, "told at every step"


def test_a_model_that_does_not_sing_says_so() -> None:
    with pytest.raises(Unmakeable, match="not sung"):
        made("embedded", "waltz", lyrics="la la")


@pytest.mark.filterwarnings("ignore")
def test_a_pipeline_of_pictures_makes_no_sound(tmp_path: Path) -> None:
    diffusers()
    from tests import tiny_pictures

    with pytest.raises(Unmakeable, match="makes no sound"):
        made(str(tiny_pictures.saved(tmp_path, "stable")), "waltz")


@pytest.mark.parametrize(
    ("text", "given", "told"),
    [
        ("dreamy pop", "", ("dreamy pop", "")),
        ("dreamy pop, lyrics: tea under the stars", "", ("dreamy pop", "tea under the stars")),
        ("民谣，歌词：月光洒在茶杯里", "", ("民谣", "月光洒在茶杯里")),
        ("slow soul\n[Verse 1]\nTea\n[Chorus]\nPour", "", ("slow soul", "[Verse 1]\nTea\n[Chorus]\nPour")),
        ("slow soul", " la la ", ("slow soul", "la la")),
        ("a song about lyrics", "", ("a song about lyrics", "")),
    ],
)
def test_words_to_be_sung_are_told_apart_from_what_the_music_is_like(text: str, given: str, told: tuple[str, str]) -> None:
    assert lyrics.parted(text, given) == told
