"""Encode: from segments to vectors whose cosine says how alike two segments are."""

from pipeline.encode.blend import Embed, encode
from pipeline.encode.context import text_of

__all__ = ["Embed", "encode", "text_of"]
