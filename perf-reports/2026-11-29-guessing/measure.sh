#!/usr/bin/env bash
# Latencies of writes while nobody guesses passwords and while one client guesses 100 a second, in turns, on one member with users.
#
#   measure.sh [ROUNDS]
set -euo pipefail

rounds=${1:-5}
here=$(cd "$(dirname "$0")" && pwd -P)
home=$(cd "$here/../.." && pwd -P)
work=$(mktemp -d "${TMPDIR:-/var/tmp}/larch-guessing.XXXXXX")
port=24010
url=http://127.0.0.1:$port
peer=http://127.0.0.1:$((port + 1))

"$home/tools/bin/larchd" --version >/dev/null
"$home/tools/bin/larchd" --name a --data-dir "$work/data" --listen-client-urls $url --advertise-client-urls $url \
    --listen-peer-urls $peer --initial-advertise-peer-urls $peer --initial-cluster a=$peer 2>"$work/log" &
member=$!
trap 'kill $member; wait; rm -rf "$work"' EXIT
until curl -sf -o /dev/null $url/v2/keys/k -XPUT -d value=x; do sleep 0.2; done
curl -s -XPUT $url/v2/auth/users/root -d '{"user":"root","password":"rootpw"}' >/dev/null
curl -s -XPUT $url/v2/auth/enable >/dev/null

load() { "$home/tools/bin/larch-bench" load --url=$url --operation=put "$@"; }
ticks() { awk '{ print $14 + $15 }' /proc/$member/stat; }

round() { # LABEL
    before=$(ticks)
    echo "$1 $(load --connections=8 --rate=1000 --duration=10 --warmup=1 | grep '^ms')" \
        "CPU $((($(ticks) - before) * 10)) ms"
}

load --connections=16 --duration=15 >/dev/null
for _ in $(seq "$rounds"); do
    round quiet
    python3 "$here/../2026-11-28-230c843/guess.py" $port 100 13 >/dev/null 2>&1 &
    guesser=$!
    round guessed
    kill $guesser
    wait $guesser 2>/dev/null || true
done
