"""Tiny random image models, built and saved here: no model hub is asked."""

from __future__ import annotations

from pathlib import Path

SIDE = 64


def save_vae(folder: Path) -> None:
    """An AutoencoderKL."""
    vae().save_pretrained(folder)


def vae():  # type: ignore[no-untyped-def]
    """An AutoencoderKL of 8 times smaller latents."""
    import torch
    from diffusers import AutoencoderKL

    made = AutoencoderKL(
        block_out_channels=(16, 32, 32, 32),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=8,
    )
    with torch.no_grad():  # as a trained one: sure of its latents
        made.quant_conv.weight[4:] = 0
        made.quant_conv.bias[4:] = -20
    return made


def save_pipeline(folder: Path) -> None:
    """A Stable Diffusion pipeline of 1 M parameters."""
    import torch
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

    torch.manual_seed(0)
    letters = [chr(code) for code in range(33, 127)]
    tokens = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    size = len(tokens)
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=size,
            hidden_size=32,
            intermediate_size=37,
            num_hidden_layers=2,
            num_attention_heads=4,
            bos_token_id=size - 2,
            eos_token_id=size - 1,
            pad_token_id=size - 1,
        )
    )
    unet = UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=SIDE // 8,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=32,
        norm_num_groups=8,
        attention_head_dim=4,
    )
    pipe = StableDiffusionPipeline(
        vae=vae(),
        text_encoder=text,
        tokenizer=CLIPTokenizer(vocab={token: place for place, token in enumerate(tokens)}, merges=[], model_max_length=77),
        unet=unet,
        scheduler=DDIMScheduler(beta_schedule="scaled_linear"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.save_pretrained(folder)
