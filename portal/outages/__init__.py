"""
What a request answers, and what the log says, while the database, the storage or another server is away. `kinds` tells
such errors from programming errors.
"""
