"""Encode: from segments to vectors whose cosine says how alike two segments are."""

from pipeline.encode.context import text_of
from pipeline.encode.lsa import encode

__all__ = ["encode", "text_of"]
