"""Training of the melody model and of the four-part model: `make train-music`."""
