"""Suggest: from the facilitator's decisions to where other lines belong, and what to ask next."""

from pipeline.suggest.likeness import Learned, learn
from pipeline.suggest.question import Ask, Question, next_question
from pipeline.suggest.reasons import Suggestion, suggestions
from pipeline.suggest.state import Known, State

__all__ = ["Ask", "Known", "Learned", "Question", "State", "Suggestion", "learn", "next_question", "suggestions"]
