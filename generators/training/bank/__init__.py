"""Builds the idea bank out of what was written for it, and out of the lessons of the built-in model."""
