"""The rooms of the image engine: what each part knows is in its first line."""
