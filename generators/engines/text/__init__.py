"""The text engine: a causal language model, its KV caches, its adapters, and how tokens are sampled and scored."""
