"""Describe: from clusters to concerns that a group recognises as its own words."""

from pipeline.describe.concerns import Means, describe

__all__ = ["Means", "describe"]
