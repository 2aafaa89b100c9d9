"""Encode: from segments to vectors whose cosine says how alike two segments are."""

from pipeline.encode.blend import Embed, encode
from pipeline.encode.context import text_of
from pipeline.encode.names import names_among

__all__ = ["Embed", "encode", "names_among", "text_of"]
