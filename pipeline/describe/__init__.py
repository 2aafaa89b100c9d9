"""Describe: from clusters to concerns that a group recognises as its own words."""

from pipeline.describe.concerns import ConcernDescriber, DescribeCache, Describer
from pipeline.describe.word_usage import WordUsage, count_event_words

__all__ = ["ConcernDescriber", "DescribeCache", "Describer", "WordUsage", "count_event_words"]
