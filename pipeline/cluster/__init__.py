"""Cluster: from vectors and groups to the rows that say the same thing."""

from pipeline.cluster.answers import suited
from pipeline.cluster.average import cluster

__all__ = ["cluster", "suited"]
