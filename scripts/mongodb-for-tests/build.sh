#!/bin/bash
# Builds a Debian tree that holds PostgreSQL 18 with DocumentDB, a cluster made
# ready in it, and FerretDB: together a MongoDB server for tests.
#
#   build.sh TREE      TREE: the directory to make; left alone if it is there
#
# Called by ferretdb.ts as root in a mount and a process namespace of its own,
# under a lock: mounts and processes go when this script does, and an unfinished
# tree found beside TREE was left by a build that died.
set -euo pipefail
exec </dev/null

tree=$1
here=$(cd "$(dirname "$0")" && pwd)
unfinished=$tree.unfinished
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

if [ -d "$tree" ]; then exit 0; fi
rm -rf --one-file-system "$unfinished"
mkdir -p "$unfinished"
say() { echo "mongodb-for-tests: $*" >&2; }

# The Go build and the Debian packages take about a minute each: side by side.
say 'building FerretDB with Go'
(cd "$here/ferretdb" && CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o "$unfinished.ferretdb" .) &
go_build=$!

# Debian 12 and 13 do not carry DocumentDB for PostgreSQL; forky and sid do.
# Older versions of debootstrap do not know forky, and sid's script fits it.
say 'making a Debian tree with PostgreSQL 18 and DocumentDB (once, about 700 MB)'
debootstrap --variant=minbase forky "$unfinished" http://deb.debian.org/debian /usr/share/debootstrap/scripts/sid >&2
printf '#!/bin/sh\nexit 101\n' >"$unfinished/usr/sbin/policy-rc.d"
chmod 755 "$unfinished/usr/sbin/policy-rc.d"
mkdir -p "$unfinished/etc/postgresql-common"
echo 'create_main_cluster = false' >"$unfinished/etc/postgresql-common/createcluster.conf"
mount -t proc proc "$unfinished/proc"
mount -t tmpfs tmpfs "$unfinished/dev/shm"
chroot "$unfinished" apt-get install -y --no-install-recommends postgresql-18-documentdb >&2
chroot "$unfinished" apt-get clean
rm -rf "$unfinished"/var/lib/apt/lists/* "$unfinished"/usr/share/doc/*

# A cluster that each server copies: initdb and the extension take three seconds.
say 'preparing a database cluster'
as_postgres() { chroot --userspec=postgres:postgres "$unfinished" "$@"; }
bin=/usr/lib/postgresql/18/bin
chroot "$unfinished" install -d -o postgres -g postgres -m 700 /srv/template /srv/cluster /run/postgresql
as_postgres $bin/initdb -D /srv/template -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >&2
cat >>"$unfinished/srv/template/postgresql.conf" <<'CONF'
shared_preload_libraries = 'pg_cron,pg_documentdb_core,pg_documentdb'
# The extensions call back into the server; a socket file needs no free TCP port.
listen_addresses = ''
unix_socket_directories = '/run/postgresql'
cron.host = '/run/postgresql'
cron.database_name = 'postgres'
documentdb.localhost_connection_string = 'host=/run/postgresql'
documentdb_core.enableCollation = on
default_toast_compression = lz4
max_connections = 200
max_wal_size = 2GB
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
CONF
as_postgres $bin/pg_ctl start -w -s -D /srv/template -l /srv/template/build.log
as_postgres psql -q -h /run/postgresql -c 'CREATE EXTENSION documentdb CASCADE' >&2
as_postgres $bin/pg_ctl stop -w -s -m fast -D /srv/template
rm -f "$unfinished/srv/template/build.log"

wait "$go_build"
install -m 755 "$unfinished.ferretdb" "$unfinished/usr/local/bin/ferretdb"
rm "$unfinished.ferretdb"
umount "$unfinished/dev/shm" "$unfinished/proc"
mv "$unfinished" "$tree"
say 'built'
