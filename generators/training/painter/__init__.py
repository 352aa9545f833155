"""The sketch painter: a small conditional GAN that colours line drawings, and how it is trained. See docs/models/sketch.md."""
