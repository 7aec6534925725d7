"""Django's formats for Polish, but for forms that write no seconds."""

TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
