"""Who is in the record, and what backs it."""

from . import group  # noqa: F401 (it registers a history)
from .bounds import OUT_OF_BOUNDS, check_within, days_within, is_within, moments_within, years_within
from .distinct import Distinct
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
    "Distinct",
    "Merge",
    "Invitation",
    "NextProject",
    "OUT_OF_BOUNDS",
    "Organisation",
    "PastWork",
    "Person",
    "Record",
    "Source",
    "SourcesField",
    "User",
    "check_within",
    "days_within",
    "is_within",
    "moments_within",
    "new_key",
    "rule",
    "source_of_fact",
    "unique_in",
    "years_within",
]
