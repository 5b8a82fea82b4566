"""Pages and API as a WSGI application; `casino_club.asgi` serves it together with the streams."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from casino_club.core import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casino_club.settings")

application = get_wsgi_application()
import_module("casino_club.celery")  # what a request sends goes to the queue of the house
checks.refuse_unsafe_start()
