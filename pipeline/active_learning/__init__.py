"""Active learning: from the facilitator's decisions to further quotes of their concerns, and to the next question.

EncodedSegments, Examples ──► learn ──► Learned ──► further quotes of decided concerns, with reasons
                                               └──► next_question
"""

from pipeline.active_learning.line_suggestions import Learned, Suggestion, learn
from pipeline.active_learning.next_question import Question, next_question

__all__ = ["Learned", "Question", "Suggestion", "learn", "next_question"]
