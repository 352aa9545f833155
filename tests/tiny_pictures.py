"""Tiny random image models, built and saved here: no model hub is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

SIDE = 64


def save_vae(folder: Path) -> None:
    """An AutoencoderKL."""
    vae().save_pretrained(folder)


def vae(channels: int = 4) -> Any:
    """An AutoencoderKL of 8 times smaller latents."""
    import torch
    from diffusers import AutoencoderKL

    made = AutoencoderKL(
        block_out_channels=(16, 32, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=channels,
        norm_num_groups=8,
        shift_factor=0.0,
    )
    with torch.no_grad():  # as a trained one: sure of its latents
        made.quant_conv.weight[channels:] = 0
        made.quant_conv.bias[channels:] = -20
    return made


@pytest.fixture(scope="session")
def stable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a Stable Diffusion pipeline."""
    return saved(tmp_path_factory.mktemp("sd"), "stable")


def saved(folder: Path, family: str) -> Path:
    """A whole pipeline of a family (`families` below), saved in a folder."""
    import torch

    torch.manual_seed(0)
    families = {"stable": _stable, "xl": _xl, "three": _three, "flux": _flux, "kontext": _kontext, "pixart": _pixart}
    families |= {"shap-e": _shap_e, "klein": _klein}
    families[family]().save_pretrained(folder)
    return folder


def _tokens() -> dict[str, int]:
    """Every printable letter, inside and at the end of a word."""
    letters = [chr(code) for code in range(33, 127)]
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    return {token: place for place, token in enumerate(tokens)}


def _clip(*, projects: bool = False) -> tuple[Any, Any]:
    """A tokenizer of letters and a text encoder for it."""
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

    tokens = _tokens()
    config = CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=2,
        num_attention_heads=4,
        bos_token_id=len(tokens) - 2,
        eos_token_id=len(tokens) - 1,
        pad_token_id=len(tokens) - 1,
        projection_dim=32,
    )
    kind = CLIPTextModelWithProjection if projects else CLIPTextModel
    return CLIPTokenizer(vocab=tokens, merges=[], model_max_length=77), kind(config)


def t5(width: int) -> tuple[Any, Any]:
    """The same for T5's way of reading."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast, T5Config, T5EncoderModel

    tokens = {"<pad>": 0, "</s>": 1, "<unk>": 2} | {chr(code): code - 30 for code in range(33, 127)}
    read = Tokenizer(models.WordLevel(tokens, unk_token="<unk>"))
    read.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    read.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=read, eos_token="</s>", unk_token="<unk>", pad_token="<pad>", model_max_length=48
    )
    config = T5Config(vocab_size=len(tokens), d_model=width, d_kv=8, d_ff=37, num_layers=2, num_heads=4)
    return fast, T5EncoderModel(config)


def _unet(**more: Any) -> Any:
    """What predicts the noise, of two steps down and up."""
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=SIDE // 8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        norm_num_groups=8,
        **more,
    )


def _stable() -> Any:
    """Stable Diffusion 1, of 1 M parameters."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    tokenizer, text = _clip()
    unet = _unet(cross_attention_dim=32, attention_head_dim=4)
    return StableDiffusionPipeline(
        vae=vae(),
        text_encoder=text,
        tokenizer=tokenizer,
        unet=unet,
        scheduler=DDIMScheduler(beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def _xl() -> Any:
    """Stable Diffusion XL: two readers, and a UNet that is told sizes."""
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    (tokenizer, text), (tokenizer_2, text_2) = _clip(), _clip(projects=True)
    unet = _unet(
        cross_attention_dim=64,
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 1),
        projection_class_embeddings_input_dim=6 * 8 + 32,
    )
    return StableDiffusionXLPipeline(
        vae=vae(),
        text_encoder=text,
        text_encoder_2=text_2,
        tokenizer=tokenizer,
        tokenizer_2=tokenizer_2,
        unet=unet,
        scheduler=EulerDiscreteScheduler(beta_schedule="scaled_linear"),
    )


def _three() -> Any:
    """Stable Diffusion 3: a transformer that follows a flow."""
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    (tokenizer, text), (tokenizer_2, text_2), (tokenizer_3, text_3) = _clip(projects=True), _clip(projects=True), t5(64)
    transformer = SD3Transformer2DModel(
        sample_size=SIDE // 8,
        patch_size=2,
        in_channels=16,
        num_layers=1,
        attention_head_dim=8,
        num_attention_heads=4,
        caption_projection_dim=32,
        joint_attention_dim=64,
        pooled_projection_dim=64,
        out_channels=16,
        pos_embed_max_size=64,
    )
    return StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae(16),
        text_encoder=text,
        text_encoder_2=text_2,
        text_encoder_3=text_3,
        tokenizer=tokenizer,
        tokenizer_2=tokenizer_2,
        tokenizer_3=tokenizer_3,
    )


def _flux() -> Any:
    """FLUX.1: the same with guidance learnt into it."""
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    (tokenizer, text), (tokenizer_2, text_2) = _clip(), t5(32)
    transformer = FluxTransformer2DModel(
        patch_size=1,
        in_channels=64,
        num_layers=1,
        num_single_layers=1,
        attention_head_dim=16,
        num_attention_heads=2,
        joint_attention_dim=32,
        pooled_projection_dim=32,
        axes_dims_rope=(4, 4, 8),
        guidance_embeds=True,
    )
    return FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(),
        vae=vae(16),
        text_encoder=text,
        tokenizer=tokenizer,
        text_encoder_2=text_2,
        tokenizer_2=tokenizer_2,
        transformer=transformer,
    )


def _kontext() -> Any:
    """FLUX.1 Kontext, which makes pictures anew by itself."""
    from diffusers import FluxKontextPipeline

    return FluxKontextPipeline(**_flux().components)


def _pixart() -> Any:
    """PixArt: one encoder of T5's, and a transformer without a second way in."""
    from diffusers import DDIMScheduler, PixArtSigmaPipeline, PixArtTransformer2DModel

    tokenizer, text = t5(32)
    transformer = PixArtTransformer2DModel(
        sample_size=32,  # one of those that this family knows the sizes of
        num_layers=1,
        patch_size=2,
        attention_head_dim=8,
        num_attention_heads=4,
        cross_attention_dim=32,
        caption_channels=32,
        in_channels=4,
        out_channels=8,
        use_additional_conditions=False,
    )
    return PixArtSigmaPipeline(
        scheduler=DDIMScheduler(), vae=vae(4), text_encoder=text, tokenizer=tokenizer, transformer=transformer
    )


def _shap_e() -> Any:
    """Shap-E, whose room is full of a thing: all of it is inside, and what shows is the room's own walls."""
    import torch
    from diffusers import HeunDiscreteScheduler, PriorTransformer, ShapEPipeline
    from diffusers.pipelines.shap_e import ShapERenderer

    tokenizer, text = _clip(projects=True)
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=16, embedding_dim=16, num_embeddings=32, embedding_proj_dim=32,
        time_embed_dim=64, num_layers=1, clip_embed_dim=32, additional_embeddings=0, time_embed_act_fn="gelu",
        norm_in_type="layer", encoder_hid_proj_type=None, added_emb_type=None,
    )  # fmt: skip
    shapes = ((8, 93), (8, 8), (8, 8), (8, 8))
    made = ShapERenderer(param_shapes=shapes, d_latent=16, d_hidden=8, n_output=12)
    with torch.no_grad():
        made.mlp.mlp[-1].weight[0] = 0.0
        made.mlp.mlp[-1].bias[0] = 4.0  # everywhere as far inside
        for mask in range(1, 255):
            for place, triangle in enumerate(_cut(mask)):
                made.mesh_decoder.cases[mask, place] = torch.tensor(triangle)
                made.mesh_decoder.masks[mask, place] = True
    scheduler = HeunDiscreteScheduler(
        beta_schedule="exp", num_train_timesteps=1024, prediction_type="sample", use_karras_sigmas=True, clip_sample=True,
        clip_sample_range=1.0,
    )  # fmt: skip
    return ShapEPipeline(prior=prior, text_encoder=text, tokenizer=tokenizer, scheduler=scheduler, shap_e_renderer=made)


#: A cube's edges, as Shap-E numbers them: two corners each; a corner is x + 2 y + 4 z.
EDGES = [
    *((corner, corner + 1) for corner in (0, 2, 4, 6)),
    *((corner, corner + 2) for corner in (0, 1, 4, 5)),
    *((corner, corner + 4) for corner in (0, 1, 2, 3)),
]


def _cut(mask: int) -> list[list[int]]:
    """The triangles between the corners of a cube that are inside (bits of the mask) and the others, if they are one polygon."""
    import numpy as np

    places = np.array([[corner & 1, corner >> 1 & 1, corner >> 2 & 1] for corner in range(8)], float)
    inside = [corner for corner in range(8) if mask >> corner & 1]
    crossed = [number for number, (a, b) in enumerate(EDGES) if (a in inside) != (b in inside)]
    middles = {number: places[list(EDGES[number])].mean(0) for number in crossed}
    centre = np.mean(list(middles.values()), 0)
    away = places[[corner for corner in range(8) if corner not in inside]].mean(0) - places[inside].mean(0)
    if len(crossed) > 6 or np.linalg.norm(away) < 0.4:
        return []
    across = middles[crossed[0]] - centre
    across -= away * (across @ away) / (away @ away)
    beside = np.cross(away, across)
    turn = {n: np.arctan2((at - centre) @ beside / np.linalg.norm(beside), (at - centre) @ across / np.linalg.norm(across))
            for n, at in middles.items()}  # fmt: skip
    ring = sorted(crossed, key=lambda number: turn[number])
    return [[ring[0], ring[step], ring[step + 1]] for step in range(1, len(ring) - 1)]


def _klein() -> Any:
    """FLUX.2 klein, which makes a picture of words alone, of one picture or of several."""
    from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, Flux2Transformer2DModel
    from transformers import Qwen2Tokenizer, Qwen3Config, Qwen3ForCausalLM

    tokens = {chr(code): code - 33 for code in range(33, 127)} | {"Ġ": 94, "Ċ": 95, "<|endoftext|>": 96}
    tokenizer = Qwen2Tokenizer(vocab=tokens, merges=[], unk_token="<|endoftext|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = "{% for message in messages %}{{ message.content }}{% endfor %}"
    text = Qwen3Config(
        vocab_size=97, hidden_size=16, intermediate_size=16, num_hidden_layers=28, num_attention_heads=2, num_key_value_heads=1,
        head_dim=8,
    )  # fmt: skip
    latents = AutoencoderKLFlux2(
        block_out_channels=(16, 32, 32, 32), layers_per_block=1, latent_channels=4, norm_num_groups=8, sample_size=SIDE
    )  # fmt: skip
    transformer = Flux2Transformer2DModel(
        in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=48,
        axes_dims_rope=(4, 4, 4, 4), timestep_guidance_channels=16, guidance_embeds=False,
    )  # fmt: skip
    return Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=latents, text_encoder=Qwen3ForCausalLM(text), tokenizer=tokenizer,
        transformer=transformer, is_distilled=True,
    )  # fmt: skip
