"""Pad text made inert in each output format, and back again to the character.

Pads are written by anyone. In every format their text must show as it was written and do nothing; and since every
quote is proofread in the finished file, each way of writing has an exact inverse beside it.
"""
