"""
The search over contests, films, people, quotes and sources.

`words` takes texts apart, the same for every database; `entries` says what each kind of thing can be found by; `index`
keeps the entries right; `find` answers a question. `sqlite` and `postgresql` hold the little that differs.
"""
