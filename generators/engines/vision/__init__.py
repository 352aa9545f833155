"""The rooms of the engine that puts pictures into words."""
