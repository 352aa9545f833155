"""Chinese verse: tones, rhymes and forms, and a small poet that keeps them. It knows numpy, and no chat, service or torch."""
