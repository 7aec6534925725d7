"""
Backups: the database and the media of the portal in one ZIP file, which can be restored onto SQLite and PostgreSQL.

- `manifest.json`: the version of Laurel, the migrations, the time, and for each table its columns and counts.
- `rows/<table>.jsonl`: one line per row, a JSON list of the values of its columns (`values`), ordered by primary key.
- `media/<name>`: the files that rows name, under their names in the storage.

The manifest has the size and SHA-256 of all other members. The last 64 bytes of the file, in the comment of the ZIP,
are the SHA-256 of everything before them.
"""
