"""
The search over contests, works, people, quotes and sources.

`tokenizer` splits texts, the same for every database; `documents` says what each kind of thing can be found by; `index`
keeps the entries right; `engine` answers a query. `sqlite` and `postgresql` hold the little that differs.
"""
