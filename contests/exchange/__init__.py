"""
A contest or a series as one file: everything that it consists of, with its images, in a documented form. The modules:

- `kinds` and `columns`: the kinds of rows in an archive, and how the values of their fields are written as JSON.
- `schema`: the JSON Schema of the rows.
- `selection`: which rows belong to a contest or a series, and which of them are sealed.
- `stored_rows`: reads rows of the database as they are written in an archive.
- `exporting`: writes an archive.
- `limits`, `zip_members` and `reading`: read an archive that may be damaged or hostile.
- `checking`: the rules between the rows of an archive.
- `snapshot`: reads the database as it is at one time.
- `comparison`: what an archive would change, and why it must not.
- `importing`, `images` and `new_history`: write the rows of an archive, with their images and their history.
- `duplicating`: makes next year's contest from this year's.

docs/archive-format.md describes the form of the file.
"""
