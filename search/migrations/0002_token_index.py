from django.db import migrations

# The index that finds tokens, which Django's models can't describe. On SQLite it is a table of its own, which triggers
# keep up to date. They are dropped and created with every migration: see search/triggers.py.
INDEX = {
    "sqlite": [
        "CREATE VIRTUAL TABLE search_entry_fts USING fts5("
        "tokens, content='', detail=none, columnsize=0, prefix='2 3',"
        " tokenize=\"ascii tokenchars '_=.'\")",
    ],
    "postgresql": [
        "ALTER TABLE search_entry ADD COLUMN vector tsvector"
        " GENERATED ALWAYS AS (array_to_tsvector(array_remove("
        # Each token starts with the kind.
        "string_to_array(kind::text || replace(tokens, ' ', ' ' || kind::text), ' '), kind::text))) STORED",
        # Statistics of 10,000 tokens, so that the planner knows which words are common.
        "ALTER TABLE search_entry ALTER COLUMN vector SET STATISTICS 1000",
        "CREATE INDEX search_entry_by_token ON search_entry USING gin (vector)",
        "CREATE INDEX search_entry_awarded ON search_entry (kind, weight, title_length, object_id) WHERE weight < 1023",
    ],
}
REMOVAL = {
    "sqlite": ["DROP TABLE search_entry_fts"],
    "postgresql": ["DROP INDEX search_entry_awarded", "ALTER TABLE search_entry DROP COLUMN vector"],
}


def make_index(apps, schema_editor):
    for statement in INDEX[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    for statement in REMOVAL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(make_index, drop_index)]
