"""Static files under names that carry their content's hash, the imports between our JavaScript modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """One address for one module, whoever imports it: a page never runs two copies, and all may be cached for ever."""

    support_js_module_import_aggregation = True
    # Only our own: in vendored files, comments that look like imports name files that are not there.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
