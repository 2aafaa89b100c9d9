"""Answers: where each group wrote a line, they all answered one question, and are about fewer things."""

from dataclasses import replace

from pipeline.cluster import suited
from pipeline.settings import Settings

SETTINGS = Settings(similarity=0.2, answer_similarity=0.05)


def test_a_line_of_each_of_many_groups_are_answers() -> None:
    assert suited([f"Member {number}" for number in range(30)], SETTINGS) == replace(SETTINGS, similarity=0.05)


def test_groups_with_two_lines_and_more_wrote_notes() -> None:
    assert suited([f"Group {number % 15}" for number in range(30)], SETTINGS) == SETTINGS


def test_of_a_few_lines_it_cannot_be_told() -> None:
    assert suited(["Water", "Soil", "Bees"], SETTINGS) == SETTINGS
