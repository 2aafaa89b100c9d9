"""A language model of the user's own as second reader: prompts, checked answers, reading.json, what it says of lines.

segments ──► numbered lines ──► prompts ──► chat server or files to paste ──► answers ──► checks ──► Reading
                                                                                                      │
segments as they are now ◄── placed by content ◄── reading.json ◄─────────────────────────────────────┘
"""
