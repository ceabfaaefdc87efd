"""What Debian's python3-etcd3gw can ask of a server, over the JSON gateway: etcd3gw_story.py PORT"""
import sys
import time

from etcd3gw import exceptions
from etcd3gw.client import Etcd3Client

PORT = int(sys.argv[1])


def expect(expected, actual):
    if expected != actual:
        raise AssertionError("expected %r but was %r" % (expected, actual))


def keys(client):
    expect([], client.get("k"))
    expect(True, client.put("k", "v1"))
    expect([b"v1"], client.get("k"))
    expect(True, client.put("k", "v2"))
    value, data = client.get("k", metadata=True)[0]
    expect((b"v2", b"k", "2", "2", "3"),
           (value, data["key"], data["version"], data["create_revision"], data["mod_revision"]))
    expect([b"v1"], client.get("k", revision=2))
    expect(True, client.put("empty", ""))
    expect([b""], client.get("empty"))
    expect(True, client.put("bytes", b"\x00\xff"))
    expect([b"\x00\xff"], client.get("bytes"))
    expect(True, client.delete("empty"))
    expect(False, client.delete("empty"))


def listings(client):
    for name in "bca":
        client.put("l/" + name, "of " + name)
    expect([b"l/a", b"l/b", b"l/c"], [data["key"] for _, data in client.get_prefix("l/")])
    expect([b"l/c", b"l/b", b"l/a"],
           [data["key"] for _, data in client.get_prefix("l/", sort_order="descend", sort_target="key")])
    expect([b"l/b", b"l/c", b"l/a"],
           [data["key"] for _, data in client.get_prefix("l/", sort_order="ascend", sort_target="mod")])
    expect([b"bytes", b"k", b"l/a", b"l/b", b"l/c"], [data["key"] for _, data in client.get_all(sort_order="ascend")])
    expect(True, client.delete_prefix("l/"))
    expect([], client.get_prefix("l/"))


def transactions(client):
    expect(True, client.create("t", "1"))
    expect(False, client.create("t", "2"))
    expect(True, client.replace("t", "1", "2"))
    expect(False, client.replace("t", "1", "3"))
    expect([b"2"], client.get("t"))
    try:
        client.transaction({"success": [{"request_put": {"key": "eA=="}}, {"request_put": {"key": "eA=="}}]})
    except exceptions.Etcd3Exception as error:
        expect(True, "duplicate key given in txn request" in error.detail_text)
    else:
        raise AssertionError("one key was put twice")


def leases(client):
    lease = client.lease(ttl=100)
    client.put("leased", "v", lease=lease)
    expect(True, 90 < lease.ttl() <= 100)
    expect(100, lease.refresh())
    expect([b"leased"], lease.keys())
    expect(True, lease.revoke())
    expect([], client.get("leased"))
    brief = client.lease(ttl=1)
    client.put("brief", "v", lease=brief)
    deadline = time.monotonic() + 20
    while client.get("brief"):
        expect(True, time.monotonic() < deadline)
        time.sleep(0.1)


def locks(client):
    one, other = client.lock("story", ttl=60), client.lock("story", ttl=60)
    expect(True, one.acquire())
    expect(False, other.acquire())
    expect((True, False), (one.is_acquired(), other.is_acquired()))
    expect(60, one.refresh())
    expect(True, one.release())
    expect(True, other.acquire())
    expect(True, other.release())


def watches(client):
    events, cancel = client.watch_prefix("w/", start_revision=int(client.status()["header"]["revision"]) + 1)
    client.put("w/1", "a")
    client.put("w/1", "b")
    client.delete("w/1")
    client.put("w/2", "end")
    seen = []
    for event in events:
        kv = event["kv"]
        seen.append((event.get("type", "PUT"), kv["key"], kv.get("value")))
        if kv.get("value") == b"end":
            break
    cancel()
    expect([("PUT", b"w/1", b"a"), ("PUT", b"w/1", b"b"), ("DELETE", b"w/1", None), ("PUT", b"w/2", b"end")], seen)
    past = int(client.get("w/2", metadata=True)[0][1]["mod_revision"])
    expect(b"end", client.watch_once("w/2", timeout=10, start_revision=past)["kv"]["value"])
    try:
        client.watch_once("w/3", timeout=0.2)
    except exceptions.WatchTimedOut:
        pass
    else:
        raise AssertionError("there was nothing to see")


def cluster(client):
    members = client.members()
    expect(["default"], [member["name"] for member in members])
    expect([["http://127.0.0.1:%d" % PORT]], [member["clientURLs"] for member in members])
    status = client.status()
    expect(members[0]["ID"], status["leader"])
    expect(True, status["version"].startswith("3."))


def main():
    client = Etcd3Client(host="127.0.0.1", port=PORT, api_path="/v3/", timeout=10)
    keys(client)
    listings(client)
    transactions(client)
    leases(client)
    locks(client)
    watches(client)
    cluster(client)
    client = Etcd3Client(host="127.0.0.1", port=PORT, api_path="/v3beta/", timeout=10)
    expect([b"v2"], client.get("k"))
    print("done")


main()
