"""Encode: from segments to vectors whose cosine says how alike two segments are."""

from pipeline.encode.blend import Embed, encode
from pipeline.encode.context import text_of
from pipeline.encode.names import encode_names

__all__ = ["Embed", "encode", "encode_names", "text_of"]
