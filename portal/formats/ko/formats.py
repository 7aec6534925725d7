"""Django's formats for Korean, with a.m. or p.m. before the hour: "오후 6:30"."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
