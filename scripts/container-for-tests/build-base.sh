#!/bin/bash
# Builds a Debian tree that stands in for the image node:24-bookworm-slim where that cannot be pulled: Debian 12's smallest variant
# with the Node that package-lock.json pins, npm, and the user of the official image.
#
#   build-base.sh TREE NODE NPM      NODE: the binary; NPM: the folder of npm's package
#
# Called by base-image.ts as root in a mount and a process namespace of its own, under a lock. What builds in it need to reach
# the outside (Debian's mirror, npm's registry, a proxy, certificates) is taken from this machine.
set -euo pipefail
exec </dev/null

tree=$1 node=$2 npm=$3
unfinished=$tree.unfinished
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

if [ -d "$tree" ]; then exit 0; fi
rm -rf --one-file-system "$unfinished"
mkdir -p "$unfinished"
say() { echo "container-for-tests: $*" >&2; }

sources() { apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u; }
# A Debian mirror's own address ends in /debian, whatever is before it; security updates have another.
mirror=$(sources | awk '$1 ~ /\/debian\/?$/ { print $1; exit }')
if [ -z "$mirror" ]; then
  say 'apt knows no Debian mirror on this machine'
  exit 1
fi

say 'making a Debian tree with Node (once, about 250 MB)'
debootstrap --variant=minbase --include=ca-certificates bookworm "$unfinished" "$mirror" >&2
{
  echo "deb $mirror bookworm main"
  sources | awk '$2 ~ /^bookworm-/ && $3 == "main" { print "deb", $1, $2, $3 }'
} >"$unfinished/etc/apt/sources.list"
apt-config dump | grep -iE '^Acquire::https?::' >"$unfinished/etc/apt/apt.conf.d/90proxy" || true
cat /etc/ssl/certs/ca-certificates.crt ${NODE_EXTRA_CA_CERTS:+"$NODE_EXTRA_CA_CERTS"} >"$unfinished/etc/ssl/certs/ca-certificates.crt"

install -m 755 "$node" "$unfinished/usr/local/bin/node"
mkdir -p "$unfinished/usr/local/lib/node_modules" "$unfinished/usr/local/etc"
cp -a "$npm" "$unfinished/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$unfinished/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$unfinished/usr/local/bin/npx"
{
  echo "registry=$(npm config get registry)"
  echo 'cafile=/etc/ssl/certs/ca-certificates.crt'
} >"$unfinished/usr/local/etc/npmrc"

chroot "$unfinished" groupadd --gid 1000 node
chroot "$unfinished" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
chroot "$unfinished" apt-get clean
rm -rf "$unfinished"/var/lib/apt/lists/* "$unfinished"/usr/share/{doc,man,locale}/* "$unfinished"/var/log/*.log
mv "$unfinished" "$tree"
say 'built'
