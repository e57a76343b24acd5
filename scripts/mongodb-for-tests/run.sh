#!/bin/bash
# Runs one MongoDB server from a tree made by build.sh, until standard input ends.
#
#   run.sh TREE DATA   DATA: an empty directory for the database; removed at the end
#
# Called by ferretdb.ts as root in mount, process and IPC namespaces of its own:
# several servers share the tree and see nothing of each other. Standard output is
# one line, the server's URI.
set -euo pipefail
# Kept aside: the end of standard input is the order to stop, even from a parent that was killed.
exec 3<&0 </dev/null

tree=$1 data=$2
bin=/usr/lib/postgresql/18/bin
export LC_ALL=C.UTF-8
as_postgres() { chroot --userspec=postgres:postgres "$tree" "$@"; }

stop() {
  trap - EXIT
  if [ -n "${ferretdb:-}" ]; then kill "$ferretdb" 2>/dev/null || true; fi
  # Immediate: nobody reads this database again.
  as_postgres $bin/pg_ctl stop -w -s -m immediate -D /srv/cluster 2>/dev/null || true
  umount -l "$tree/srv/cluster" || true
  rm -rf --one-file-system "$data"
}
trap stop EXIT

mount --bind "$data" "$tree/srv/cluster"
mount -t proc proc "$tree/proc"
mount -t tmpfs -o mode=1777 tmpfs "$tree/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$tree/tmp"
mount -t tmpfs -o mode=1777 tmpfs "$tree/run"
mkdir -m 1777 "$tree/run/postgresql"
cp -a --reflink=auto "$tree/srv/template/." "$tree/srv/cluster/"

if ! as_postgres $bin/pg_ctl start -w -s -t 60 -D /srv/cluster -l /srv/cluster/server.log; then
  tail -20 "$data/server.log" >&2
  exit 1
fi

chroot --userspec=postgres:postgres "$tree" /usr/local/bin/ferretdb -state /tmp -postgres 'postgres://postgres@/postgres?host=/run/postgresql' 3<&- &
ferretdb=$!
cat <&3 >/dev/null &
stdin=$!

ended=
wait -n -p ended "$ferretdb" "$stdin" || true
if [ "$ended" != "$stdin" ]; then
  echo 'mongodb-for-tests: FerretDB stopped by itself' >&2
  exit 1
fi
