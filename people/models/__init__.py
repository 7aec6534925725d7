"""The models of people and organisations."""

from .person import Affiliation, NextProject, Organisation, PastWork, Person

__all__ = ["Affiliation", "NextProject", "Organisation", "PastWork", "Person"]
