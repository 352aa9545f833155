"""Brainstorms and boards: from a prompt to ideas that people see, find, export."""
