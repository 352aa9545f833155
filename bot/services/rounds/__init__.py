"""Rounds: people and the model write in silence, see everything at once, weigh it and decide."""
