"""How a nickname is shown to strangers."""

MASK = "***"


def masked(nickname: str) -> str:
    """Its first character and nothing more, whatever its length: 유***."""
    return f"{nickname[:1]}{MASK}"
