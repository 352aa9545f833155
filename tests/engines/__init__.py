"""Engines for tests: small, quick, and breaking where they are told to."""
