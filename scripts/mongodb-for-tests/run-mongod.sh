#!/bin/bash
# Runs a mongod until standard input ends, then removes its database.
#
#   run-mongod.sh MONGOD PORT DATA
#
# Standard output is one line, the server's URI, printed at once: the caller waits for an answer there.
set -euo pipefail
# Kept aside: the end of standard input is the order to stop, even from a parent that was killed.
exec 3<&0 </dev/null

mongod=$1 port=$2 data=$3
stop() {
  trap - EXIT
  kill "${server:-}" "${stdin:-}" 2>/dev/null || true
  wait "${server:-}" 2>/dev/null || true
  rm -rf "$data"
}
trap stop EXIT
trap '' INT TERM HUP

"$mongod" --dbpath "$data" --port "$port" --bind_ip 127.0.0.1 --nounixsocket --quiet >"$data/server.log" 2>&1 3<&- &
server=$!
cat <&3 >/dev/null &
stdin=$!
echo "mongodb://127.0.0.1:$port/"

ended=
wait -n -p ended "$server" "$stdin" || true
if [ "$ended" != "$stdin" ]; then
  tail -20 "$data/server.log" >&2
  exit 1
fi
