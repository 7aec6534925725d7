"""Who is in the record, and what backs it."""

from . import group  # noqa: F401 (it registers a history)
from .former_slug import FormerSlug
from .invitation import Invitation
from .merge import Merge
from .person import Affiliation, NextProject, Organisation, PastWork, Person
from .record import Record, new_key, rule, unique_in
from .source import Source, SourcesField, source_of_fact
from .user import User

__all__ = [
    "Affiliation",
    "FormerSlug",
    "Merge",
    "Invitation",
    "NextProject",
    "Organisation",
    "PastWork",
    "Person",
    "Record",
    "Source",
    "SourcesField",
    "User",
    "new_key",
    "rule",
    "source_of_fact",
    "unique_in",
]
