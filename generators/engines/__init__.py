"""What runs models: one file per modality. Only the generation service imports it; it knows nothing of HTTP."""
