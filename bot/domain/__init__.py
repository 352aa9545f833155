"""Muselab's words as values; they know nothing of chats, models or databases."""
