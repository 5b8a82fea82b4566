#!/usr/bin/env bash
# restore.sh DUMP: the dump into the empty database that DATABASE_URL names, all or nothing; then the books are proved.
# A database that holds anything is refused. Migrations newer than the dump are applied afterwards by `manage.py migrate`.
set -euo pipefail
: "${DATABASE_URL:?DATABASE_URL names the empty database to restore into}"
dump=${1:?usage: restore.sh DUMP}
bin=${PG_BIN:+$PG_BIN/}
home=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-$home/.venv/bin/python}

tables=$("${bin}psql" --dbname="$DATABASE_URL" --no-psqlrc --tuples-only --no-align --command \
    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' AND c.relkind = 'r'")
if [[ $tables != 0 ]]; then
    echo "The database already holds $tables tables; restore into an empty one." >&2
    exit 1
fi
"${bin}pg_restore" --dbname="$DATABASE_URL" --no-owner --no-privileges --single-transaction --exit-on-error "$dump"
"${bin}psql" --dbname="$DATABASE_URL" --no-psqlrc --quiet --command "ANALYZE"
cd "$home"
"$python" manage.py reconcile
