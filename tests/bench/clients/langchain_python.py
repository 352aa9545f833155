"""LangChain's openai package."""

from typing import Literal

from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import BaseModel
from trying import tried

chat = ChatOpenAI(model="gpt-4o-mini", max_tokens=150)


@tool
def weather(city: Literal["Paris", "Oslo"]) -> str:
    """The weather of a city."""
    return f"It rains in {city}."


class Drink(BaseModel):
    """A drink."""

    name: Literal["tea", "coffee"]
    sugar: bool


def through() -> str:
    asked = [("user", "What is the weather in Paris?")]
    called = chat.bind_tools([weather], tool_choice="weather").invoke(asked)
    came = weather.invoke(called.tool_calls[0])
    return chat.bind(max_tokens=12).invoke([*asked, called, came]).content


tried("chat", lambda: chat.bind(max_tokens=12).invoke("Say tea.").content)
tried("stream", lambda: "".join(part.text for part in chat.bind(max_tokens=12).stream("Say tea.")))
tried("tool, and its answer", through)
tried("structured", lambda: chat.with_structured_output(Drink).invoke("Tea, please"))
tried("responses", lambda: ChatOpenAI(model="gpt-4o", use_responses_api=True, max_tokens=12).invoke("Say tea.").text)
tried(
    "vectors of text",
    lambda: len(OpenAIEmbeddings(model="text-embedding-3-small", check_embedding_ctx_length=False).embed_query("tea")),
)
