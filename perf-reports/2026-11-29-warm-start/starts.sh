#!/bin/bash
# The first and the later requests of a member, on N starts, each with fresh data:
#
#   starts.sh N DELAY_MS STEADY [flag of larchd...]
#
# DELAY_MS lies between the first 200 on /version and the first PUT; STEADY further PUTs and GETs tell what
# is usual for the member. IDLE=SECONDS in the environment: asks nothing, and tells memory and CPU instead.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
larchd=$here/../../tools/bin/larchd
count=$1 delay=$2 steady=$3
shift 3
work=$(mktemp -d)
member=
finish() {
    if [ -n "$member" ]; then
        kill "$member" 2>/dev/null && wait "$member" || true
    fi
    rm -rf "$work"
}
trap finish EXIT
gcc -O2 -D_GNU_SOURCE -o "$work/cold" "$here/cold.c"
for ((i = 0; i < count; i++)); do
    url=http://127.0.0.1:$((20000 + RANDOM % 5000)) peer=http://127.0.0.1:$((25000 + RANDOM % 5000))
    began=$(date +%s%N)
    "$larchd" --data-dir="$work/data" --listen-client-urls="$url" --advertise-client-urls="$url" \
        --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" \
        --initial-cluster="default=$peer" "$@" >"$work/log" 2>&1 &
    member=$!
    if [ -n "${IDLE:-}" ]; then
        "$work/cold" "${url##*:}" 0 -1 "$began"
        sleep "$IDLE"
        awk '/VmRSS/ {print "resident", $2, "KB"}' "/proc/$member/status"
        awk '{print "CPU", ($14 + $15) * 10, "ms"}' "/proc/$member/stat"
    else
        "$work/cold" "${url##*:}" "$delay" "$steady" "$began"
    fi
    kill "$member" && wait "$member" || true
    member=
    rm -rf "$work/data"
done
