from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "integrations.simulator"
    label = "simulator"
    verbose_name = "QuickBooks simulator"
    default_auto_field = "django.db.models.BigAutoField"
