"""Use-cases: one module each. They know the ports, not who fills them."""
