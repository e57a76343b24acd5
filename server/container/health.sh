#!/bin/sh
# What the image's HEALTHCHECK runs, every second: a node that has started is seen at once, with any engine (a start interval of its
# own is known to engines since 25 only). Once the node was found well in this run of the container, a check waits before it asks,
# so that from then on it is asked twice a minute and the machine is left alone in between.
well=/tmp/software-switch-was-well
if [ -e "$well" ] && [ "$well" -nt /proc/1 ]; then sleep 28; fi
software-switch healthcheck || exit 1
: 2>/dev/null >"$well" || true
