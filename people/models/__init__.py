"""The models of people and organisations."""

from .identifiers import OrganisationIdentifier, PersonIdentifier
from .other_names import OrganisationName, PersonName
from .person import Affiliation, NextProject, Organisation, PastWork, Person

__all__ = [
    "Affiliation",
    "NextProject",
    "Organisation",
    "OrganisationIdentifier",
    "OrganisationName",
    "PastWork",
    "Person",
    "PersonIdentifier",
    "PersonName",
]
