"""The wire format: OpenAI's requests as pydantic models, our events as OpenAI's answers."""
