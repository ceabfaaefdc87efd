"""What an application does through python-etcd, told to the server on the port given."""
import sys
import threading

import etcd

PORT = int(sys.argv[1])


def new_client():
    return etcd.Client(host="127.0.0.1", port=PORT, allow_reconnect=True, read_timeout=30)


def expect(expected, actual):
    if expected != actual:
        raise AssertionError("expected %r but was %r" % (expected, actual))


def expect_error(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError("no %s from %s" % (error.__name__, args))


def keys(client):
    result = client.write("/app/name", "larch")
    expect("set", result.action)
    expect("larch", client.read("/app/name").value)
    expect("larch", client.read("/app/name", quorum=True).value)
    client.write("/app/na\u00efve key", "v\u00e4lue & <more>")
    expect("v\u00e4lue & <more>", client.read("/app/na\u00efve key").value)
    expect_error(etcd.EtcdKeyNotFound, client.read, "/app/missing")
    expect_error(etcd.EtcdNotFile, client.write, "/app", "x")
    expect_error(etcd.EtcdNotDir, client.write, "/app/name/below", "x")
    expect_error(etcd.EtcdRootReadOnly, client.write, "/", "x")


def listings(client):
    for i in range(3):
        client.write("/list/sub/%d" % i, str(i))
    client.write("/list/queue", "job", append=True)
    listing = client.read("/list", recursive=True, sorted=True)
    expect(["/list/sub/0", "/list/sub/1", "/list/sub/2"], [n.key for n in listing.leaves][-3:])
    expect_error(etcd.EtcdDirNotEmpty, client.delete, "/list/sub", dir=True)
    client.delete("/list", recursive=True)
    expect_error(etcd.EtcdKeyNotFound, client.read, "/list")


def comparisons(client):
    first = client.write("/cas", "1", prevExist=False)
    expect_error(etcd.EtcdAlreadyExist, client.write, "/cas", "2", prevExist=False)
    expect_error(etcd.EtcdCompareFailed, client.write, "/cas", "2", prevValue="x")
    second = client.write("/cas", "2", prevValue="1")
    expect_error(etcd.EtcdCompareFailed, client.write, "/cas", "3", prevIndex=first.modifiedIndex)
    client.write("/cas", "3", prevIndex=second.modifiedIndex)
    expect_error(etcd.EtcdCompareFailed, client.delete, "/cas", prevValue="2")
    expect("3", client.delete("/cas", prevValue="3")._prev_node.value)


def times_to_live(client):
    created = client.write("/short", "1", ttl=1)
    expect(1, created.ttl)
    expired = client.watch("/short", index=created.modifiedIndex + 1, timeout=30)
    expect("expire", expired.action)
    client.write("/long", "1", ttl=1000)
    client.refresh("/long", ttl=2000)
    expect(True, client.read("/long").ttl > 1000)


def watches(client):
    start = client.write("/watched/a", "1")
    client.write("/watched/b", "2")
    expect("2", client.watch("/watched", recursive=True, index=start.modifiedIndex + 1).value)

    seen = []

    def follow():
        for event in new_client().eternal_watch("/watched", recursive=True, index=start.modifiedIndex):
            seen.append(event.value)
            if event.value == "end":
                return

    follower = threading.Thread(target=follow)
    follower.start()
    client.write("/watched/c", "3")
    client.write("/watched/a", "end")
    follower.join(30)
    expect(["1", "2", "3", "end"], seen)


def locks():
    one = etcd.Lock(new_client(), "story")
    other = etcd.Lock(new_client(), "story")
    expect(True, one.acquire(blocking=True, lock_ttl=60))
    expect(False, other.acquire(blocking=False, lock_ttl=60))
    one.release()
    expect(True, other.acquire(blocking=True, lock_ttl=60, timeout=30))
    other.release()


def cluster(client):
    expect(1, len(client.members))
    expect("default", client.leader["name"])
    expect(["http://127.0.0.1:%d" % PORT], client.machines)
    expect(True, client.stats["state"] == "StateLeader")


def main():
    client = new_client()
    keys(client)
    listings(client)
    comparisons(client)
    times_to_live(client)
    watches(client)
    locks()
    cluster(client)
    print("done")


main()
