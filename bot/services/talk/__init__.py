"""Talk: what people say in plain words, read by rules and by meaning, and what is answered."""
