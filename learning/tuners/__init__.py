"""Ways of tuning a language model on lessons, one file each; the door is `build(plan) -> Tuner`."""
