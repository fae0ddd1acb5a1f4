from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IntegrationsConfig(AppConfig):
    name = "integrations"

    def ready(self) -> None:
        autodiscover_modules("mappers")
        from . import checks  # noqa: F401
        from .api.messages import set_messages

        set_messages()
