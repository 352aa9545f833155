"""Any image-text-to-text model of transformers, by name or folder (SmolVLM, Qwen-VL, LLaVA …)."""

from __future__ import annotations

from typing import Any

from PIL import Image

from bot.words import _
from generators.engines.making import Unmakeable
from generators.engines.shared.device import placed
from generators.engines.shared.refusals import unloadable

QUESTION = (
    "Describe this picture for an advertising copywriter in two or three short sentences: what it shows, the mood, "
    "the main colours, and any text that is written on it."
)
LONGEST = 160  # tokens: three sentences


class Describer:
    """Describes pictures. Loaded when first used."""

    def __init__(self, name: str, device: str, dtype: str) -> None:
        self.name = name
        self._where = (device, dtype)
        self._loaded: tuple[Any, Any] | None = None

    def described(self, picture: Image.Image, question: str, seed: int) -> str:
        """What the model says about an RGB picture.

        Raises:
            Unmakeable: the model cannot be loaded, or says nothing.
        """
        import torch

        processor, model = self._load()
        asked = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": question or QUESTION}]}]
        try:
            prompt = processor.apply_chat_template(asked, add_generation_prompt=True)
        except (ValueError, AttributeError):  # a model without a chat template
            prompt = f"{getattr(processor, 'image_token', '<image>')}{question or QUESTION}"
        inputs = processor(text=prompt, images=[picture], return_tensors="pt").to(model.device)
        torch.manual_seed(seed)
        with torch.inference_mode():
            tokens = model.generate(**inputs, max_new_tokens=LONGEST, do_sample=False)
        answer = processor.batch_decode(tokens[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)[0].strip()
        if not answer:
            raise Unmakeable(_("The model {name} had nothing to say about this picture.").format(name=self.name))
        return str(answer)

    def _load(self) -> tuple[Any, Any]:
        if self._loaded is None:
            from transformers import AutoModelForImageTextToText, AutoProcessor

            device, dtype = placed(*self._where)
            try:
                processor = AutoProcessor.from_pretrained(self.name)
                model = AutoModelForImageTextToText.from_pretrained(self.name, dtype=dtype)
            except (OSError, ValueError, KeyError) as error:
                raise unloadable(self.name, error) from error
            self._loaded = processor, model.to(device).eval()
        return self._loaded

    def close(self) -> None:
        """Gives memory back. Safe to call twice."""
        self._loaded = None
