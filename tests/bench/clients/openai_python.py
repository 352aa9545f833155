"""openai's own client for Python."""

import base64
import io
import struct
import zlib

from openai import OpenAI
from trying import WEATHER, tried

client = OpenAI(timeout=120)
ASKED = [{"role": "user", "content": "What is the weather in Paris?"}]
TOOL = {"type": "function", "function": {"name": "weather", "parameters": WEATHER}}


def png() -> bytes:
    rows = b"".join(b"\0" + b"\xc0\x20\x20" * 64 for _row in range(64))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    made = b"".join(struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts)
    return b"\x89PNG\r\n\x1a\n" + made


def spoken() -> bytes:
    with client.audio.speech.with_streaming_response.create(model="tts-1", voice="alloy", input="Tea. Coffee.") as stream:
        pieces = [piece for piece in stream.iter_bytes() if piece]
    assert len(pieces) > 1
    return b"".join(pieces)


def heard() -> str:
    file = io.BytesIO(spoken())
    file.name = "tea.mp3"
    return client.audio.transcriptions.create(model="whisper-1", file=file).text


def pictured() -> str:
    url = "data:image/png;base64," + base64.b64encode(png()).decode()
    content = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    answer = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": content}], max_tokens=20)
    return answer.choices[0].message.content


tried("models", lambda: [model.id for model in client.models.list()])
tried(
    "chat", lambda: client.chat.completions.create(model="gpt-4o-mini", messages=ASKED, max_tokens=12).choices[0].message.content
)
tried(
    "tool", lambda: client.chat.completions.create(
        model="gpt-4o", messages=ASKED, tools=[TOOL], tool_choice="required", max_tokens=200
    ).choices[0].message.tool_calls[0].function,
)  # fmt: skip
tried("response", lambda: client.responses.create(model="gpt-4o", input="Say tea.", max_output_tokens=12).output_text)
tried(
    "response stream",
    lambda: [event.type for event in client.responses.create(model="gpt-4o", input="Tea", max_output_tokens=4, stream=True)][-1],
)
tried(
    "vectors", lambda: len(client.embeddings.create(model="text-embedding-3-small", input="tea", dimensions=64).data[0].embedding)
)
tried("picture in a chat", pictured)
tried("speech in breaths", lambda: len(spoken()))
tried("transcription", heard)
tried("picture", lambda: len(client.images.generate(model="gpt-image-1", prompt="a tea bar", size="512x512").data[0].b64_json))
