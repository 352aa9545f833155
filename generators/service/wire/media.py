"""The media workers' requests as pydantic models: OpenAI's fields, and what goes beyond them in `options`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from generators.engines.making import Option
from generators.service.wire.unmet import PICTURES, RECORDINGS, Unmet, met

MOST_TEXT = 4096  # characters, as OpenAI allows for speech
MOST_WORKS = 10  # as OpenAI allows
MOST_OPTIONS = 40
FORMATS = {  #: OpenAI's names for sound, as media types
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "pcm": "audio/pcm",
}

#: OpenAI's names for voices, as clients send them unasked; by how high those are.
VOICES = {
    **dict.fromkeys(("alloy", "ballad", "fable", "sage", "verse", "cedar"), "joe"),
    **dict.fromkeys(("coral", "nova", "shimmer", "marin"), "june"),
    **dict.fromkeys(("ash", "echo", "onyx"), "otto"),
}

USUAL_STYLE = "vivid"  #: dall-e's own, which clients send unasked
USUAL_QUALITY = ("auto", "standard", "medium")  #: likewise

Text = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
Name = Annotated[str, StringConstraints(max_length=200)]
Words = Annotated[list[Name], Field(max_length=100), BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
Options = Annotated[dict[Name, Option], Field(max_length=MOST_OPTIONS)]
Size = Annotated[str, StringConstraints(pattern=r"^(auto|\d{2,4}x\d{2,4})$")]


class Asked(BaseModel):
    """What all requests have in common."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    unmet: ClassVar[Mapping[str, Unmet]] = {}

    model: Name = ""
    seed: int | None = Field(default=None, ge=-(2**63), lt=2**64)
    stream: bool = False
    options: Options = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _can_be_met(cls, data: Any) -> Any:
        """See `unmet`."""
        return met(data, cls.unmet)

    @property
    def chosen_seed(self) -> int:
        """The seed, 0 where none was given: the same request gives the same works."""
        return (self.seed or 0) % 2**31

    def all_options(self) -> dict[str, Option]:
        """OpenAI's fields and our options together."""
        return dict(self.options)


class Images(Asked):
    """POST /v1/images/generations."""

    unmet: ClassVar[Mapping[str, Unmet]] = PICTURES

    prompt: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT)]
    n: int = Field(default=1, ge=1, le=MOST_WORKS)
    size: Size = "auto"
    response_format: Literal["b64_json", "url"] = "b64_json"
    output_format: Literal["png", "jpeg", "webp"] | None = None
    output_compression: int | None = Field(default=None, ge=0, le=100)  #: OpenAI's word for the quality of JPEG and WebP
    background: Literal["auto", "opaque", "transparent"] = "auto"
    quality: Literal["auto", "standard", "hd", "low", "medium", "high", "xhigh", "max"] = "auto"
    moderation: Literal["auto", "low"] = "auto"  #: nothing is sorted out here, so both are met
    style: Name = ""

    @model_validator(mode="after")
    def _can_be_made(self) -> Images:
        if self.background == "transparent":
            raise ValueError("background: pictures here are opaque; leave it out")
        if self.style == "natural":
            raise ValueError("style: natural is unknown here; leave it out, or name one of this service's own")
        return self

    def all_options(self) -> dict[str, Option]:
        """See `Asked`."""
        options: dict[str, Option] = {
            "size": "" if self.size == "auto" else self.size,
            "style": "" if self.style == USUAL_STYLE else self.style,
            "effort": "" if self.quality in USUAL_QUALITY else "high" if self.quality == "hd" else self.quality,
            "format": self.output_format or "",
            "quality": max(1, self.output_compression) if self.output_compression is not None else "",
        }
        return {name: value for name, value in options.items() if value != ""} | self.options


class Edits(Images):
    """POST /v1/images/edits; the pictures come beside it."""

    prompt: Text = ""
    input_fidelity: Literal["low", "high"] = "low"  #: high: most of the picture stays as it is

    def all_options(self) -> dict[str, Option]:
        """See `Asked`."""
        return ({"fidelity": "high"} if self.input_fidelity == "high" else {}) | super().all_options()


class Understanding(Asked):
    """POST /v1/images/understand; the picture comes beside it."""

    prompt: Text = ""


class Music(Asked):
    """POST /v1/audio/music."""

    prompt: Text = ""
    n: int = Field(default=1, ge=1, le=MOST_WORKS)
    response_format: Literal["b64_json", "url"] = "b64_json"


class Speech(Asked):
    """POST /v1/audio/speech."""

    input: Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT)]
    voice: Name | dict[str, Any] = ""
    speed: float = Field(default=1.0, ge=0.25, le=4.0)
    response_format: Literal["mp3", "opus", "ogg", "wav", "flac", "pcm"] = "mp3"
    stream_format: Literal["audio", "sse"] = "audio"
    instructions: Text = ""

    @model_validator(mode="after")
    def _can_be_said(self) -> Speech:
        if self.instructions.strip() and not self.model.startswith("tts-1"):  # OpenAI's own of that name pay no heed either
            raise ValueError("no voice here follows instructions; leave instructions out")
        return self

    def all_options(self) -> dict[str, Option]:
        """See `Asked`."""
        voice = self.voice if isinstance(self.voice, str) else str(self.voice.get("id", ""))
        options: dict[str, Option] = {"speed": self.speed, "format": self.response_format}
        if voice in VOICES and not latin(self.input):  # clients cannot leave it out; those voices speak English here
            voice = ""
        return options | ({"voice": VOICES.get(voice, voice)} if voice else {}) | self.options


def latin(text: str) -> bool:
    """Whether most of a text's letters are Latin ones."""
    letters = [letter for letter in text if letter.isalpha()]
    return sum(letter < "\u0250" for letter in letters) * 2 >= len(letters)


class Handed(BaseModel):
    """A file in a JSON body."""

    name: Name = ""
    media_type: Name = ""
    b64_json: str


class MediaRequest(Asked):
    """POST /v1/media/{task}: any commission."""

    text: Text = ""
    count: int = Field(default=1, ge=1, le=MOST_WORKS)
    seed: int = 0
    language: Name = "en"
    attachments: list[Handed] = Field(default_factory=list, max_length=8)


class Transcription(Asked):
    """POST /v1/audio/transcriptions; the recording comes beside it."""

    unmet: ClassVar[Mapping[str, Unmet]] = RECORDINGS

    language: Name = ""  #: of the speech: a code such as `en`; empty: the recogniser tells it
    prompt: Annotated[str, StringConstraints(max_length=1000)] = ""  #: words that may come up, as they are spelled
    keywords: Words = Field(default_factory=list)  #: likewise
    languages: Words = Field(default_factory=list)  #: that may be spoken
    response_format: Literal["json", "text", "verbose_json", "srt", "vtt"] = "json"
    temperature: float = Field(default=0.0, ge=0.0, le=0.0)  #: what is likeliest is written down
    timestamp_granularities: Literal["segment"] | list[Literal["segment"]] = "segment"

    @model_validator(mode="after")
    def _can_be_streamed(self) -> Transcription:
        if self.stream and self.response_format not in ("json", "text"):
            raise ValueError("a stream tells text alone; choose json or text as response_format")
        if len({self.language, *self.languages} - {""}) > 1:
            raise ValueError("languages: a recording is in one language here; name that, or leave it out")
        return self

    def all_options(self) -> dict[str, Option]:
        """See `Asked`."""
        language = self.language or next(iter(self.languages), "")
        prompt = ", ".join(word for word in (self.prompt, *self.keywords) if word)
        return {name: value for name, value in (("language", language), ("prompt", prompt)) if value} | self.options
