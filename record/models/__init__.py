"""
The base class `Record`, and the models that all apps use: sources, former slugs, merges, pairs of rows that are not
duplicates, and imports of tables.
"""

from .date_bounds import OUT_OF_BOUNDS, check_within, days_within, is_within, moments_within, years_within
from .former_slug import FormerSlug
from .identifier import ExternalIdentifier, IdentifiersOf, JSONRows, identifiers_in, pages_of, scheme_field
from .merge import Merge
from .not_duplicates import Distinct
from .protected_links import ProtectedManyToManyField
from .record import Record, new_key, rule, unique_in
from .source import Source, SourcesField, source_of_fact
from .table_import import TableImport

__all__ = [
    "OUT_OF_BOUNDS",
    "Distinct",
    "ExternalIdentifier",
    "FormerSlug",
    "IdentifiersOf",
    "JSONRows",
    "Merge",
    "ProtectedManyToManyField",
    "Record",
    "Source",
    "SourcesField",
    "TableImport",
    "check_within",
    "days_within",
    "identifiers_in",
    "is_within",
    "moments_within",
    "new_key",
    "pages_of",
    "rule",
    "scheme_field",
    "source_of_fact",
    "unique_in",
    "years_within",
]
