"""Chinese names out of old poems: a word, what it is put before, and the verse that it stands in. No model but the encoder."""
