"""From an analysis and its corpus to the report in every format."""
