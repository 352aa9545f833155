"""Parts of a page in fewer bytes: large pictures as JPEG, sound that is not compressed as Ogg Vorbis."""

from __future__ import annotations

import io

from generators.engines.making import Attachment

LIGHT = 1_000_000  # bytes; three such parts are a page of four megabytes, as base64 makes four letters of three bytes
SIDE = 1600  # pixels; no screen shows a page's picture larger
QUALITY = 88


def picture(part: Attachment) -> Attachment:
    """The picture, as it is where it is light."""
    if len(part.content) <= LIGHT:
        return part
    from PIL import Image

    with Image.open(io.BytesIO(part.content)) as opened:
        shown = opened.convert("RGB")
    shown.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    shown.save(jpeg, "JPEG", quality=QUALITY, optimize=True)
    return Attachment(name="picture.jpg", media_type="image/jpeg", content=jpeg.getvalue())


def sound(part: Attachment) -> Attachment:
    """The sound, as it is where it is light or compressed already."""
    if len(part.content) <= LIGHT or part.media_type not in ("audio/wav", "audio/flac"):
        return part
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(part.content), dtype="float32", always_2d=True)
    out = io.BytesIO()
    with soundfile.SoundFile(out, "w", rate, samples.shape[1], "VORBIS", format="OGG") as file:
        for at in range(0, len(samples), rate):  # libsndfile overflows its stack on one large block of Vorbis
            file.write(samples[at : at + rate])
    return Attachment(name="sound.ogg", media_type="audio/ogg", content=out.getvalue())
