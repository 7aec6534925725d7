"""Django's formats for Polish. Forms show times without seconds."""

TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
