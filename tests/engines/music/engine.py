"""Stands in for tunes: the same engine as for pictures, in another process."""

from tests.engines.image.engine import build as build
