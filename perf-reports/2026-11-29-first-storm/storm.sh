#!/usr/bin/env bash
# storm.sh LABEL [larchd flags]: a new member with a plain and an https listener; 8 connections read 500 times a second
# by the clock, and after 4 s 1,000 clients begin TLS at once. Twice: the first storm of the member's life, and a second.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
label=$1
shift
home=$(mktemp -d)
trap 'kill "$member" 2>/dev/null; wait; rm -r "$home"' EXIT
ulimit -n 20000
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$home/key.pem" -out "$home/cert.pem" -days 30 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
"$root/tools/bin/larchd" --data-dir="$home/data" \
    --listen-client-urls=http://127.0.0.1:12379,https://127.0.0.1:12378 \
    --advertise-client-urls=http://127.0.0.1:12379 \
    --cert-file="$home/cert.pem" --key-file="$home/key.pem" "$@" 2>"$home/log" &
member=$!
until curl -s http://127.0.0.1:12379/health | grep -q true; do sleep 0.2; done
sleep 2
curl -s -XPUT http://127.0.0.1:12379/v2/keys/a -d value=1 >/dev/null
for storm in first second; do
    "$root/tools/bin/larch-bench" load --url=http://127.0.0.1:12379 --operation=get --connections=8 \
        --rate=500 --duration=6 --warmup=1 >"$home/load" &
    load=$!
    sleep 4
    echo "$label, $storm: $(python3 "$root/perf-reports/2026-11-28-230c843/storm.py" 12378 1000)"
    wait "$load"
    grep "^ms" "$home/load"
done
