"""Where ideas come from: the client of any OpenAI-compatible service, and the service itself."""

__product__ = "muselab"
