"""From corpus/ to build/: segments, entities, concerns and the report; `python -m pipeline --help`."""
