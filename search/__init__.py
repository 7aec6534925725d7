"""
The search for contests, works, people, quotes and sources.

`tokenizer` splits texts, in the same way for every database. `documents` defines the searchable texts of each kind of
row. `index` keeps the search entries up to date. `engine` runs a query. `sqlite` and `postgresql` contain the few
differences between the databases.
"""
