"""Set-up: clinics, providers, services, resources, and when they are open."""

from orderly.api import (
    setup_clinics,
    setup_closures,
    setup_exceptions,
    setup_hours,
    setup_providers,
    setup_resources,
    setup_services,
)

ROUTERS = (
    setup_clinics.router,
    setup_providers.router,
    setup_services.router,
    setup_resources.router,
    setup_hours.router,
    setup_exceptions.router,
    setup_closures.router,
)
