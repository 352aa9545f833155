"""What the speech engine is made of: words from text, sounds from words, a voice, and the sound made loud and packed."""
