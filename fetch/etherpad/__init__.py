"""An Etherpad's own export (`/export/etherpad`) becomes text and structure."""

from fetch.etherpad.export import Export, read_export

__all__ = ["Export", "read_export"]
