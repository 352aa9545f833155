"""Pictures by another service that speaks OpenAI's `/v1/images`, in the place of a model of our own."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from PIL import Image, ImageChops

from bot.words import _
from generators.engines.image.diffusion import SQUARE, Steps, Wish
from generators.engines.image.sizes import at_aspect, fitting
from generators.engines.making import Attachment, Unmakeable
from generators.engines.shared.foreign import Server, pictures
from generators.engines.shared.uploads import opened


class Foreign:
    """Does what `Diffusion` does, elsewhere. Seeds, steps and guidance are the service's own: OpenAI's paths have none."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.name = server.model or server.base

    def pictures(self, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """From words alone."""
        body = {"model": self.server.model, "prompt": wish.prompt, "size": size(wish), "response_format": "b64_json"}
        body |= {"quality": wish.effort} if wish.effort else {}
        yield from self._made(wish, steps, lambda count: self.server.told("/images/generations", body | {"n": count}))

    def changed(self, pictures: Sequence[Image.Image], wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """A picture made anew after words, or one made of several, where the service can."""
        names = ["image"] if len(pictures) == 1 else [f"image[] {number}" for number in range(len(pictures))]
        yield from self._edited(
            wish, steps, {name: png(picture.convert("RGB")) for name, picture in zip(names, pictures, strict=True)}
        )

    def filled(self, picture: Image.Image, mask: Image.Image, wish: Wish, steps: Steps) -> Iterator[Image.Image]:
        """The part of a picture that is white in the mask, made anew; the rest stays as it was, to the pixel."""
        whole = fitting(picture, wish.size)
        part = mask.convert("L").resize(whole.size)
        clear = whole.convert("RGBA")
        clear.putalpha(ImageChops.invert(part))  # OpenAI's services make anew what is transparent
        for made in self._edited(wish, steps, {"image": png(whole), "mask": png(clear)}):
            yield Image.composite(made.convert("RGB").resize(whole.size), whole, part)

    def adapt(self, adapter: str) -> None:
        """A team's own style cannot be put on a model elsewhere.

        Raises:
            Unmakeable: there is one.
        """
        if adapter:
            raise Unmakeable(_("A team's own image style needs an image model on this machine."))

    def close(self) -> None:
        """Nothing is held."""

    def _edited(self, wish: Wish, steps: Steps, files: dict[str, bytes]) -> Iterator[Image.Image]:
        fields = {"model": self.server.model, "prompt": wish.prompt, "size": size(wish), "response_format": "b64_json"}
        fields |= {"quality": wish.effort} if wish.effort else {}
        fields |= {"input_fidelity": wish.fidelity} if wish.fidelity else {}
        yield from self._made(wish, steps, lambda count: self.server.sent("/images/edits", fields | {"n": str(count)}, files))

    def _made(self, wish: Wish, steps: Steps, ask: Callable[[int], bytes]) -> Iterator[Image.Image]:
        """Batches until there are enough; a service may make fewer at a time than it is asked for."""
        made = 0
        while made < wish.count:
            steps(made / wish.count)
            for content in pictures(ask(min(wish.batch, wish.count - made)))[: wish.count - made]:
                made += 1
                yield opened(Attachment(name=_("the picture"), media_type="image/png", content=content)).convert("RGB")


def size(wish: Wish) -> str:
    """As OpenAI writes it; empty for the service's own."""
    told = wish.size or at_aspect(wish.aspect, SQUARE)
    return f"{told[0]}x{told[1]}" if told else ""


def png(picture: Image.Image) -> bytes:
    """As a PNG."""
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()
