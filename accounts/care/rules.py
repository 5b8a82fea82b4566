"""How much a note or an act may say."""

NOTE_MAX = 1000
ACT_MAX = 24
KEY_MAX = 255
