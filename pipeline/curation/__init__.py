"""Curation: the facilitator's decisions, read from curation.toml, matched with the pads, and applied."""
