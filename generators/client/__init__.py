"""The client side: whoever asks a generation service for ideas and media. It imports neither torch nor the service."""
