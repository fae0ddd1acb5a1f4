"""Days and times as every page writes them, also where Django's admin formats them by itself."""

DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
