"""Other people's clients against the real service: what each can do with it."""
