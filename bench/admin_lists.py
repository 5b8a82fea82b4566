"""The operators' lists over ten million ledger rows, or rounds, against the same pages over next to none.

`python -m bench.admin_lists entries` (or `rounds`) starts its own scratch servers; nothing else is touched. About four
minutes and 3 GB of disk each, given back at the end.
"""

import argparse

from bench.scratch import scratch


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=["entries", "rounds"])
    options.add_argument("--rows", type=int, default=10_000_000)
    given = options.parse_args()
    with scratch(
        STATEMENT_TIMEOUT_MS="0", STATICFILES_STORAGE="django.contrib.staticfiles.storage.StaticFilesStorage"
    ) as house:
        house.call("admin_lists_work", f"measure({given.what!r}, {given.rows})")


if __name__ == "__main__":
    main()
