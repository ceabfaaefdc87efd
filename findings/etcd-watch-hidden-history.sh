#!/usr/bin/env bash
# Whether a recursive watch of the v2 API tells changes of hidden keys (names that begin with "_")
# depends on when it is asked: a change that is still to come it does not tell, one that lies in the
# history it does. So who follows a store by waitIndex sees a hidden key's change or not by chance, by
# how far behind he is. And a TTL that is refreshed ("refresh=true") is told to nobody, though the index
# goes on and the answer to the writer looks like an update: a copy that lives on events alone loses the
# key when the old TTL is over.
#
# Seen with Debian's etcd-server 3.4.23-4+b4 (linux, amd64).
set -euo pipefail

work=$(mktemp -d)
etcd_pid=
# shellcheck disable=SC2329  # called by the trap
end() {
    [ -z "$etcd_pid" ] || kill "$etcd_pid"
    wait
    rm -rf "$work"
}
trap end EXIT
cd "$work"
apt-get -qq download etcd-server=3.4.23-4+b4 >/dev/null 2>&1
dpkg -x etcd-server_*.deb root
etcd=$work/root/usr/bin/etcd
[[ $("$etcd" --version) == *"etcd Version: 3.4.23"* ]] || { echo "not etcd 3.4.23"; exit 1; }

client=http://127.0.0.1:23792
peer=http://127.0.0.1:23802
"$etcd" --enable-v2=true --name one --data-dir data --listen-client-urls $client \
    --advertise-client-urls $client --listen-peer-urls $peer --initial-advertise-peer-urls $peer \
    --initial-cluster one=$peer >log 2>&1 &
etcd_pid=$!
for _ in $(seq 100); do
    curl -fs $client/health >/dev/null && break
    sleep 0.1
done

keys=$client/v2/keys
put() { curl -fs -XPUT "$keys/$1" -d "$2" | sed 's/,"prevNode".*//; s/.*"modifiedIndex":\([0-9]*\).*/\1/'; }
watch() { curl -fs -N "$keys/?wait=true&recursive=true$1"; }
key() { sed 's/.*"node":{"key":"\([^"]*\)".*/\1/'; }

# News: a hidden key first, then one that is not.
watch "" >live &
watch_pid=$!
until [[ $(curl -fs $client/v2/stats/store) == *'"watchers":1}'* ]]; do sleep 0.05; done
hidden=$(put _hidden value=1)
put seen value=1 >/dev/null
wait "$watch_pid"
live=$(key <live)

# The same two changes, from the history.
past=$(watch "&waitIndex=$hidden" | key)

# A refreshed TTL between two changes: a watch from its index on tells the second.
put lease "value=1&ttl=1000" >/dev/null
refreshed=$(put lease "refresh=true&prevExist=true&ttl=2000")
put seen value=2 >/dev/null
after=$(watch "&waitIndex=$refreshed" | key)

echo "watch first, then /_hidden and /seen change   -> $live"
echo "the same two changes, asked for afterwards    -> $past"
echo "from the index of a refreshed TTL on          -> $after"
[[ $live == /seen && $past == /_hidden && $after == /seen ]] || { echo "changed"; exit 1; }
