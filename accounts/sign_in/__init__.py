"""Sign-in, built on django-allauth. `accounts.second_factor` says who needs more than a password."""
