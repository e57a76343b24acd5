#!/bin/bash
# The first process of the image that stands in for mongo:8: PostgreSQL with DocumentDB, and FerretDB on port 27017. The database
# lies in /data/db, as the real image's does, so a volume there keeps it.
set -euo pipefail
data=/data/db
bin=/usr/lib/postgresql/18/bin
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

install -d -o postgres -g postgres -m 1777 /run/postgresql
install -d -o postgres -g postgres -m 700 "$data"
if [ ! -e "$data/PG_VERSION" ]; then cp -a /srv/template/. "$data/"; fi
# One that was killed left it.
rm -f "$data/postmaster.pid"
as_postgres "$bin/pg_ctl" start -w -s -t 60 -D "$data" -l "$data/server.log"
stop() {
  trap - TERM INT EXIT
  kill "${ferretdb:-}" 2>/dev/null || true
  as_postgres "$bin/pg_ctl" stop -w -s -m fast -D "$data"
  exit 0
}
trap stop TERM INT EXIT
as_postgres /usr/local/bin/ferretdb -listen 0.0.0.0:27017 -state /tmp -postgres 'postgres://postgres@/postgres?host=/run/postgresql' &
ferretdb=$!
wait "$ferretdb"
