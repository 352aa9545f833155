"""How the small poet in `generators/assets/poet` was trained, and on what."""
