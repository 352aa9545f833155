"""llm."""

import os

from llm.default_plugins.openai_models import Chat
from trying import WEATHER, tried

model = Chat(
    "muselab", model_name="gpt-4o-mini", api_base=os.environ["OPENAI_BASE_URL"], supports_schema=True, supports_tools=True
)


def weather(city: str) -> str:
    """The weather of a city."""
    return f"It rains in {city}."


tried("prompt", lambda: model.prompt("Say tea.", max_tokens=12, stream=False).text())
tried("stream", lambda: "".join(model.prompt("Say tea.", max_tokens=12)))
tried("schema", lambda: model.prompt("Where?", schema=WEATHER, max_tokens=60, stream=False).text())
tried("tools", lambda: model.prompt("The weather in Paris?", tools=[weather], max_tokens=60, stream=False).text())
