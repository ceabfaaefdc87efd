"""What an administrator and users do through python-etcd, told to the server on the port given."""
import sys

import etcd
import etcd.auth

PORT = int(sys.argv[1])


def client_of(username=None, password=None):
    return etcd.Client(
        host="127.0.0.1", port=PORT, read_timeout=30, username=username, password=password)


def expect(expected, actual):
    if expected != actual:
        raise AssertionError("expected %r but was %r" % (expected, actual))


def expect_error(error, call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except error:
        return
    raise AssertionError("no %s from %s" % (error.__name__, args))


def roles(client):
    role = etcd.auth.EtcdRole(client, "app")
    expect_error(etcd.EtcdKeyNotFound, role.read)
    role.grant("/app/*", "RW")
    role.grant("/shared", "R")
    role.write()
    role.revoke("/shared", "R")
    role.grant("/other", "R")
    role.write()
    seen = etcd.auth.EtcdRole(client, "app")
    seen.read()
    expect({"/app/*": "RW", "/other": "R"}, seen.acls)


def users(client):
    root = etcd.auth.EtcdUser(client, "root")
    root.password = "rootpw"
    root.write()
    user = etcd.auth.EtcdUser(client, "ann")
    user.password = "annpw"
    user.roles = ["app"]
    user.write()
    expect(["ann", "root"], sorted(each["user"] for each in user.names))
    expect_error(etcd.EtcdKeyNotFound, etcd.auth.EtcdUser(client, "nobody").read)


def access():
    ann = client_of("ann", "annpw")
    ann.write("/app/a", "1")
    expect("1", ann.read("/app/a").value)
    expect("1", ann.read("/app/", recursive=True).children.__next__().value)
    expect_error(etcd.EtcdInsufficientPermissions, ann.write, "/elsewhere", "1")
    expect_error(etcd.EtcdInsufficientPermissions, ann.read, "/app", recursive=True)
    wrong = client_of("ann", "wrong")
    expect_error(etcd.EtcdInsufficientPermissions, wrong.read, "/app/a")
    nobody = client_of()
    expect_error(etcd.EtcdInsufficientPermissions, nobody.read, "/app/a")
    page = etcd.auth.EtcdUser(ann, "ann")
    expect_error(etcd.EtcdException, page.read)


def main():
    client = client_of()
    auth = etcd.auth.Auth(client)
    expect(False, auth.active)
    roles(client)
    users(client)
    auth.active = True
    expect(True, auth.active)
    root = client_of("root", "rootpw")
    etcd.auth.EtcdRole(root, "guest").delete()
    access()
    user = etcd.auth.EtcdUser(root, "ann")
    user.delete()
    expect_error(etcd.EtcdInsufficientPermissions, client_of("ann", "annpw").read, "/app/a")
    etcd.auth.Auth(root).active = False
    expect("1", client.read("/app/a").value)
    print("done")


main()
