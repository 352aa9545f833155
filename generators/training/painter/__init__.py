"""The sketch painter: a small conditional GAN that colours line drawings, and its training. See docs/reference/pictures.md."""
