"""Stands in for tunes: the same engine as for pictures, in another process."""

from tests.engines.image import build as build
