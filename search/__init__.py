"""
The search over contests, works, people, quotes and sources.

`tokenizer` splits texts, the same way for every database; `documents` defines what each kind of row can be found by;
`index` keeps the entries up to date; `engine` runs a query. `sqlite` and `postgresql` contain the few differences
between the databases.
"""
