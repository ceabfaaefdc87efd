"""Locks and an election through python-etcd, while a member of the cluster is killed:

    python_etcd_cluster_story.py HOST:PORT,HOST:PORT,... PID
"""
import os
import signal
import sys
import threading

import etcd

HOSTS = tuple((host.split(":")[0], int(host.split(":")[1])) for host in sys.argv[1].split(","))
PID = int(sys.argv[2])


def new_client(first):
    """A client that begins with one of the members and goes on to the others."""
    hosts = HOSTS[first:] + HOSTS[:first]
    return etcd.Client(host=hosts, allow_reconnect=True, read_timeout=30)


def expect(expected, actual):
    if expected != actual:
        raise AssertionError("expected %r but was %r" % (expected, actual))


def elect(client, name):
    """The recipe of v2: whoever creates the key leads, and keeps it alive."""
    try:
        client.write("/election/leader", name, prevExist=False, ttl=60)
        return True
    except etcd.EtcdAlreadyExist:
        return False


def main():
    clients = [new_client(i) for i in range(len(HOSTS))]

    holder = etcd.Lock(clients[0], "story")
    expect(True, holder.acquire(blocking=True, lock_ttl=60))
    waiting = etcd.Lock(clients[1], "story")
    expect(False, waiting.acquire(blocking=False, lock_ttl=60))

    got = threading.Event()

    def wait_for_lock():
        if waiting.acquire(blocking=True, lock_ttl=60, timeout=30):
            got.set()

    waiter = threading.Thread(target=wait_for_lock, daemon=True)
    waiter.start()

    expect(1, sum(elect(client, "candidate") for client in clients))

    if PID:
        os.kill(PID, signal.SIGKILL)

    # The lock, the election and a second lock of other clients survive the member.
    expect(True, holder.is_acquired)
    expect(False, got.is_set())
    expect("candidate", clients[1].read("/election/leader", quorum=True).value)
    clients[2].write("/election/leader", "candidate", prevValue="candidate", ttl=60)

    holder.release()
    waiter.join(60)
    expect(True, got.is_set())
    waiting.release()

    clients[0].delete("/election/leader", prevValue="candidate")
    expect(True, elect(clients[1], "successor"))
    expect("successor", clients[0].read("/election/leader", quorum=True).value)
    expect(len(HOSTS), len(clients[0].members))
    print("done")


main()
