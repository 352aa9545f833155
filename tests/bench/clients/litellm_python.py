"""litellm."""

import os

import litellm
from trying import WEATHER, tried

os.environ["OPENAI_API_BASE"] = os.environ["OPENAI_BASE_URL"]
ASKED = [{"role": "user", "content": "What is the weather in Paris?"}]
TOOL = {"type": "function", "function": {"name": "weather", "description": "The weather", "parameters": WEATHER}}

tried("chat", lambda: litellm.completion(model="openai/gpt-4o-mini", messages=ASKED, max_tokens=12).choices[0].message.content)
tried(
    "stream",
    lambda: "".join(
        part.choices[0].delta.content or ""
        for part in litellm.completion(model="openai/gpt-4o-mini", messages=ASKED, max_tokens=12, stream=True)
    ),
)
tried(
    "tool", lambda: litellm.completion(
        model="openai/gpt-4o", messages=ASKED, tools=[TOOL], tool_choice="required", max_tokens=200
    ).choices[0].message.tool_calls[0].function,
)  # fmt: skip
tried(
    "response", lambda: litellm.responses(model="openai/gpt-4o", input="Say tea.", max_output_tokens=12).output[0].content[0].text
)
tried("vectors", lambda: len(litellm.embedding(model="openai/text-embedding-3-small", input=["tea"]).data[0]["embedding"]))
tried(
    "picture",
    lambda: len(litellm.image_generation(model="openai/gpt-image-1", prompt="a tea bar", size="512x512").data[0].b64_json),
)
tried("speech", lambda: len(litellm.speech(model="openai/tts-1", voice="alloy", input="Tea.").content))
