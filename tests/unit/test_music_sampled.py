"""A text-to-audio model by name: a MusicGen of random weights, built here, loaded and asked as a real one is."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace

import pytest
import soundfile

from generators.engines.making import Attachment, Commission, Unmakeable, Work
from generators.engines.music import engine as music
from generators.engines.shared import hearing


def a_musicgen(folder: Path) -> str:
    """The real classes with a few thousand weights, always the same, saved."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import (
        EncodecConfig,
        EncodecFeatureExtractor,
        MusicgenConfig,
        MusicgenDecoderConfig,
        MusicgenForConditionalGeneration,
        MusicgenProcessor,
        PreTrainedTokenizerFast,
        T5Config,
    )

    words = {word: number for number, word in enumerate(["<pad>", "</s>", "<unk>", "calm", "tea", "waltz"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    text = T5Config(vocab_size=8, d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    audio = EncodecConfig(
        sampling_rate=8_000, audio_channels=1, num_filters=4, upsampling_ratios=[5, 4, 4, 2], hidden_size=16, codebook_size=64,
        codebook_dim=16, num_lstm_layers=1, target_bandwidths=[50 * 6 * 4 / 1000],
    )  # fmt: skip
    decoder = MusicgenDecoderConfig(
        vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, num_codebooks=4, pad_token_id=64,
        bos_token_id=64,
    )  # fmt: skip
    torch.manual_seed(7)  # some weights make single loud clicks, which no gain makes as loud as a tune
    model = MusicgenForConditionalGeneration(
        MusicgenConfig(text_encoder=text.to_dict(), audio_encoder=audio.to_dict(), decoder=decoder.to_dict())
    )
    model.generation_config.decoder_start_token_id = model.generation_config.pad_token_id = 64
    model.generation_config.guidance_scale = 3.0
    model.save_pretrained(folder)
    MusicgenProcessor(EncodecFeatureExtractor(feature_size=1, sampling_rate=8_000), fast).save_pretrained(folder)
    return str(folder)


def made(name: str, text: str = "calm tea waltz", attachments: tuple[Attachment, ...] = (), **given) -> list[Work]:
    engine = music.build(SimpleNamespace(music=name, device="cpu", dtype="float32"), None)
    return list(
        engine.make(Commission(task="music", text=text, options=given, attachments=attachments), lambda doing, done: None)
    )


def test_a_musicgen_by_name_makes_sound_as_loud_as_ours(tmp_path: Path):
    (work,) = made(a_musicgen(tmp_path), seconds=1, format="wav", style="waltz")

    heard, rate = soundfile.read(io.BytesIO(work.files[0].content))
    assert (rate, heard.shape[1]) == (44_100, 2)
    assert len(heard) / rate == pytest.approx(1.0, abs=0.15)
    assert work.facts["loudness_lufs"] == pytest.approx(-16, abs=1.5)
    assert work.traits == {"style": "waltz"}
    assert "calm tea waltz" in work.alt
    told = hearing.measures(heard.astype("float32"), rate)  # the file's samples are rounded
    assert work.features is not None
    assert work.features.values == pytest.approx(told.values, abs=0.01)  # so votes on it tell of the next ones


def test_a_model_that_is_not_there_is_said():
    with pytest.raises(Unmakeable, match="could not be loaded"):
        made("./no/such/folder")


def test_notes_are_not_for_a_model_of_sound():
    with pytest.raises(Unmakeable, match="cannot take up notes"):
        made("any/model", notes="C4 E4")


def test_words_are_needed():
    with pytest.raises(Unmakeable, match="Say in words"):
        made("any/model", text="")
