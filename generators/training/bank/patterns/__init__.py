"""The patterns of the idea bank: what they are made of."""
