"""Django's formats for Korean, but for the half of the day, which goes before the hour: "오후 6:30"."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
