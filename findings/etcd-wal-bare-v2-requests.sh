#!/usr/bin/env bash
# In etcd 3.4's log a write of the v3 API is an InternalRaftRequest, which has a field "v2" for a write of
# the v2 API; but no v2 write is ever there. It is a bare Request, as etcd 2 wrote it, in the same place and
# without a mark. Both messages have a field 2: in the one it is the text "PUT", in the other it would be a
# message, and etcd tells them apart by failing to read the text as a message. And a quorum read of v2 is an
# entry of the log ("QGET"): who only reads with quorum=true lets the log grow, and needs a disk with room.
# All keys of v2 are below /1 there, members and the version below /0; with fewer writes than
# --snapshot-count (100,000) there is no .snap file at all, and the log alone has the keys.
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

client=http://127.0.0.1:23793
peer=http://127.0.0.1:23803
"$etcd" --enable-v2=true --name one --data-dir data --listen-client-urls $client \
    --advertise-client-urls $client --listen-peer-urls $peer --initial-advertise-peer-urls $peer \
    --initial-cluster one=$peer >log 2>&1 &
etcd_pid=$!
for _ in $(seq 100); do
    curl -fs $client/health >/dev/null && break
    sleep 0.1
done
curl -fs -XPUT $client/v2/keys/old -d value=1 >/dev/null
curl -fs "$client/v2/keys/old?quorum=true" >/dev/null
curl -fs $client/v3/kv/put -d '{"key":"bmV3","value":"MQ=="}' >/dev/null

cat >records.py <<'PYTHON'
import glob
import struct


def fields(message):
    """Of a message in protobuf: numbers and values."""
    at, found = 0, {}

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        tag = varint()
        value = varint()
        if tag & 7 == 2:
            at += value
            value = message[at - value:at]
        elif tag & 7 != 0:
            raise ValueError(f"wire type {tag & 7}")
        found[tag >> 3] = value
    return found


# A record: 8 bytes of length, whose highest byte tells of padding; type, checksum and data.
for name in glob.glob("data/member/wal/*.wal"):
    log, at = open(name, "rb").read(), 0
    while at + 8 <= len(log):
        head, = struct.unpack_from("<q", log, at)
        if head == 0:
            break
        length = head & (1 << 56) - 1
        record = fields(log[at + 8:at + 8 + length])
        at += 8 + length + (head >> 56 & 7 if head < 0 else 0)
        if record[1] != 2:
            continue
        entry = fields(record[3])
        if entry.get(1, 0) == 0 and entry.get(4):
            request = fields(entry[4])
            if 2 in request:
                print("bare", request[2].decode(), request[3].decode())
            elif 4 in request:
                print("put of v3", fields(request[4])[1].decode())
PYTHON
python3 records.py >records
cat records
snapshots=$(find data/member/snap -name '*.snap' | wc -l)
echo "$snapshots files of snapshots"
grep -qx "bare PUT /1/old" records && grep -qx "bare QGET /1/old" records &&
    grep -qx "put of v3 new" records && [ "$snapshots" -eq 0 ] || { echo "changed"; exit 1; }
