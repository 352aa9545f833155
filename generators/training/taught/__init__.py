"""Teaches the embedded model to answer topics: a LoRA adapter by supervised fine-tuning on `data/`, written for Muselab."""
