"""The idea bank: topics that people ask about, each with ideas that were written for it, found again by what a topic means."""
