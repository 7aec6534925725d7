"""Django's formats for Korean, with a.m. or p.m. before the hour: "오후 6:30". Forms show times without seconds."""

DATETIME_FORMAT = "Y년 n월 j일 A g:i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H시 %M분 %S초", "%H시 %M분"]
