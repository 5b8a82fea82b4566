"""What production must never start with; each fault in one clear sentence."""

from django.conf import settings
from django.core.checks import Error

from casino_club.core import signing

# As Django's own W009 asks of SECRET_KEY.
SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 5
WEAK = (
    f"the default, shorter than {SHORTEST_SECRET} characters or made of fewer than {FEWEST_CHARACTERS} different ones"
)


def refusals() -> list[tuple[str, str]]:
    """(id, sentence) for each production setting that is unsafe; empty in development."""
    if settings.APP_ENV not in ("development", "production"):
        return [("E100", f"APP_ENV is {settings.APP_ENV!r}; it must be development or production.")]
    if not settings.PRODUCTION:
        return []
    found = []
    for number, name in enumerate(("SECRET_KEY", "JWT_SECRET_KEY"), start=101):
        if _is_weak(getattr(settings, name)):
            found.append((f"E{number}", f"{name} is {WEAK}; set a long random one."))
    if settings.SECRET_KEY == settings.JWT_SECRET_KEY:
        found.append(("E103", "SECRET_KEY and JWT_SECRET_KEY are the same; give each its own."))
    if settings.DEBUG:
        found.append(("E104", "DEBUG is on; it shows the inside of the house to strangers."))
    if not settings.ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in settings.ALLOWED_HOSTS):
        found.append(("E105", "ALLOWED_HOSTS is empty or has a wildcard; name each host."))
    if settings.AUTO_SEED_BASIC:
        found.append(("E106", "AUTO_SEED_BASIC is on; its accounts have public passwords."))
    if not settings.EXTERNAL_DATABASE:
        found.append(("E107", "DATABASE_URL is missing; production needs its own PostgreSQL."))
    if not settings.EXTERNAL_REDIS:
        found.append(("E108", "REDIS_URL is missing; production needs its own Redis."))
    if settings.DEV_ROUTES:
        found.append(("E109", "DEV_ROUTES is on; development routes must not exist in production."))
    if settings.PAYMENTS_PROVIDER == "sandbox":
        found.append(("E110", "PAYMENTS_PROVIDER is sandbox; it hands out goods for play money."))
    if any(network.endswith("/0") for network in settings.METRICS_NETWORKS):
        found.append(("E111", "METRICS_NETWORKS is open to everybody; name your own networks, or use METRICS_TOKEN."))
    try:
        signing.Keys.of(settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID)
    except signing.MalformedKeys as fault:
        found.append(("E112", f"WEBHOOK_KEYS and WEBHOOK_ACTIVE_KID do not fit: {fault}"))
    else:
        if any(map(_is_weak, settings.WEBHOOK_KEYS.values())):
            found.append(("E113", f"WEBHOOK_KEYS holds a secret that is {WEAK}."))
    if settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS:
        found.append(("E114", "WEBHOOK_ALLOWED_PRIVATE_HOSTS is set; webhooks would reach into your own network."))
    return found


def _is_weak(secret: str) -> bool:
    return (
        secret == settings.DEVELOPMENT_SECRET or len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS
    )


def production_settings(app_configs, **kwargs) -> list[Error]:
    """The refusals as system checks."""
    return [Error(sentence, id=f"casino_club.{number}") for number, sentence in refusals()]


def refuse_unsafe_start() -> None:
    """For entry points that run no system checks (web, worker): stop with the sentences. Raises SystemExit."""
    sentences = [sentence for _, sentence in refusals()]
    if sentences:
        raise SystemExit("Refusing to start in production:\n" + "\n".join(f"- {sentence}" for sentence in sentences))
