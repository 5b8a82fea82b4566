#!/usr/bin/env bash
# backup.sh FOLDER [DAYS]: a complete dump of DATABASE_URL into FOLDER, checked before it gets its name; dumps older than
# DAYS (14) go. PostgreSQL alone holds what must not be lost: Redis is a mirror and a fast path, and needs no backup.
set -euo pipefail
umask 077
: "${DATABASE_URL:?DATABASE_URL names the database to back up}"
folder=${1:?usage: backup.sh FOLDER [DAYS]}
days=${2:-14}
bin=${PG_BIN:+$PG_BIN/}

mkdir -p "$folder"
name=casino-club-$(date -u +%Y%m%dT%H%M%SZ).dump
draft=$folder/.$name.part
trap 'rm -f "$draft"' EXIT
# One consistent snapshot; players go on playing meanwhile.
"${bin}pg_dump" --dbname="$DATABASE_URL" --format=custom --no-owner --no-privileges --file="$draft"
"${bin}pg_restore" --list "$draft" | grep 'TABLE DATA public economy_entry' >/dev/null || {
    echo "The dump holds no ledger; it is not kept." >&2
    exit 1
}
mv "$draft" "$folder/$name"
find "$folder" -maxdepth 1 -name 'casino-club-*.dump' -mtime "+$days" -delete
echo "$folder/$name"
