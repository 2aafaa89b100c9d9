"""Cluster: from vectors and groups to the rows that say the same thing."""

from pipeline.cluster.average import cluster

__all__ = ["cluster"]
