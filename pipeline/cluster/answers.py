"""Answers: from the group of each segment to settings that suit what was asked of the groups."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.settings import Settings

FEWEST = 20
"""Segments from which it can be told that groups wrote a line each because one thing was asked of them."""

LINES = 2
"""Lines per group, in the mean, from which groups wrote notes: a labelled event has 16 to 78."""


def suited(groups: Sequence[str], settings: Settings) -> Settings:
    """The settings for an event whose segments are of `groups`: where each wrote a line, all answered one question.

    Answers to one question are about a few things: every third pair of them belongs together, where of the lines of
    an event one pair in seventy does, so they are joined from `settings.answer_similarity`.
    """
    if len(groups) < FEWEST or len(groups) >= LINES * len(set(groups)):
        return settings
    return replace(settings, similarity=settings.answer_similarity)
