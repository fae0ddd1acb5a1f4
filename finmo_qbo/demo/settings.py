"""The demo's settings: a machine of one's own, as in development, and the product as its people see it.

A failure shows Finmo's page of it, and its traceback in the terminal.
"""

from ..settings import *  # noqa: F403

DEBUG = False
# Static files as they are, without collecting them first.
WHITENOISE_AUTOREFRESH = True
