"""Describe: from clusters to concerns that a group recognises as its own words."""

from pipeline.describe.concerns import describe

__all__ = ["describe"]
