#!/bin/bash
# expiry.sh [LEASES] [larchd|etcd]: so many leases with a key each end within one second; how late they end for one who
# watches, and how long 200 writes a second take meanwhile. Started in the project's directory.
set -u
count=${1:-100000}; server=${2:-larchd}; here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d); port=24100
run=etcd; [ "$server" = etcd ] || run=tools/bin/larchd
client=http://127.0.0.1:$port; peer=http://127.0.0.1:$((port + 2))
$run --name a --data-dir "$work/data" --listen-client-urls $client --advertise-client-urls $client \
    --listen-peer-urls $peer --initial-advertise-peer-urls $peer --initial-cluster a=$peer >"$work/log" 2>&1 & member=$!
trap 'kill $member; wait; rm -rf "$work"' EXIT
until curl -sf -o /dev/null $client/v3/kv/put -d '{"key":"YQ==","value":"YQ=="}'; do sleep 0.1; done
END=$(($(date +%s) + ${SECONDS_AHEAD:-45})); export END COUNT=$count
for mode in grant put; do
    MODE=$mode wrk -t1 -c64 -d"${PHASE:-17}" -s "$here/grant.lua" $client | grep requests.in
done
echo "$((END - $(date +%s))) s to go"
python3 "$here/watch.py" $port "$END" & watch=$!
python3 "$here/writer.py" $port $((END - 5)) $((END + 10)) "$END"
wait $watch
