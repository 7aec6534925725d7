"""Django's formats for Japanese, without the space before the time."""

DATETIME_FORMAT = "Y年n月j日 G:i"
