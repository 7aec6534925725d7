#!/usr/bin/env python
"""Laurel's command line: `manage.py help` lists what it can do."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Each of these messages is a sentence that says which setting is wrong. Django would print it below a traceback
        # for every command that has an option --database, because the command asks for the settings before it runs.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except DatabaseError as error:
        reason = str(error).strip()
        has_no_tables = "no such table" in reason or ("relation" in reason and "does not exist" in reason)
        # A database that is away, locked, empty, or none. Other errors, such as in a statement, need their traceback.
        if "--traceback" in sys.argv or not (has_no_tables or type(error) in (DatabaseError, OperationalError)):
            raise
        advice = " Run `manage.py migrate` first." if has_no_tables else ""
        sys.exit(f"The database of DATABASE_URL can't be used: {reason}.{advice} (All details: --traceback)")
    except KeyboardInterrupt:
        sys.exit("Stopped by Ctrl-C.")
