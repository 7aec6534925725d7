"""
Django's backends for PostgreSQL and SQLite with what a web server needs when the database is away: nothing waits for
long, and a request knows whether it has saved something. `configuration` makes Django's DATABASES setting.
"""
