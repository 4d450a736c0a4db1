"""How static files are kept: compressed, and under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class Storage(CompressedManifestStaticFilesStorage):
    """Imports between our JavaScript modules are renamed too, so that no module is ever stale."""

    support_js_module_import_aggregation = True
