"""What several events have in common, from their analyses alone: what came back, what was followed up, what was not.

    analysis.json of each event ──► in order ──► vectors of all quotes ──┬─► concerns that are the same
                                                                         ├─► next steps and questions that came back
                                                                         └─► what was not found again
                                                                                          │
    files ◄── gate ◄── formats ◄── view ◄── AcrossEvents ◄────────────────────────────────┘

The pads are not read again. Every quote is compared with the analysis that it comes from.
"""
