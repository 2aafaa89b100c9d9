"""Describe: from clusters to concerns that a group recognises as its own words."""

from pipeline.describe.concerns import Means, describe
from pipeline.describe.word_usage import Usage, usage_of

__all__ = ["Means", "Usage", "describe", "usage_of"]
