"""What runs models: a folder for each modality, `engine.py` its door. Only the service imports it; it knows no HTTP."""
