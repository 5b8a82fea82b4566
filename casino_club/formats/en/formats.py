"""Days and moments as a table holds them: short, sortable by eye, and the same day to everybody who reads them."""

DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATE_FORMAT = "Y-m-d"
