"""The people and organisations of the record."""

from .person import Affiliation, NextProject, Organisation, PastWork, Person

__all__ = ["Affiliation", "NextProject", "Organisation", "PastWork", "Person"]
