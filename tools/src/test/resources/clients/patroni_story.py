"""A pair of PostgreSQL servers under Patroni, whose state lies in the cluster with these client addresses:

    patroni_story.py HOST:PORT,HOST:PORT,... DIRECTORY PID PORT,PORT,PORT,PORT [CA CERTIFICATE KEY USER PASSWORD]

Each of the pair takes two of the ports. With certificates it speaks TLS, and says who it is. With DCS=etcd3 in the
environment Patroni speaks v3 to the cluster.
The pair bootstraps, switches over by command, outlives kill -9 of the process PID (a member of the cluster; 0 for none),
and fails over when the primary is killed. Patroni and PostgreSQL run as the user postgres when this runs as root.
"""
import base64
import glob
import json
import os
import pwd
import signal
import ssl
import subprocess
import sys
import time
import urllib.request

HOSTS, DIRECTORY, PID = sys.argv[1].split(","), sys.argv[2], int(sys.argv[3])
PORTS = [int(port) for port in sys.argv[4].split(",")]
CREDENTIALS = sys.argv[5:]
DCS = os.environ.get("DCS", "etcd")
LIMIT = 90
SECURE = ", protocol: https, cacert: %s, cert: %s, key: %s, username: %s, password: %s"

CONFIGURATION = """
scope: story
name: {name}
restapi: {{listen: "127.0.0.1:{rest}", connect_address: "127.0.0.1:{rest}"}}
{dcs}: {{hosts: [{hosts}]{secure}}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 1
    retry_timeout: 5
    postgresql:
      use_pg_rewind: false
      parameters: {{max_connections: 10, shared_buffers: 16MB, fsync: "off"}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, data-checksums, no-sync]
  pg_hba: ["host replication all 127.0.0.1/32 trust", "host all all 127.0.0.1/32 trust"]
postgresql:
  listen: 127.0.0.1:{sql}
  connect_address: 127.0.0.1:{sql}
  data_dir: {directory}/{name}
  bin_dir: {programs}
  pgpass: {directory}/{name}.pass
  authentication:
    replication: {{username: replicator, password: secret}}
    superuser: {{username: postgres, password: secret}}
  parameters: {{unix_socket_directories: "{directory}"}}
"""


def as_postgres(command):
    return ["runuser", "-u", "postgres", "--"] + command if os.getuid() == 0 else command


class Server:
    """One PostgreSQL and its Patroni."""

    def __init__(self, name):
        self.name, self.rest, self.sql = name, PORTS.pop(), PORTS.pop()
        self.file = "%s/%s.yml" % (DIRECTORY, name)
        with open(self.file, "w") as file:
            file.write(CONFIGURATION.format(
                dcs=DCS, name=name, rest=self.rest, sql=self.sql, hosts=", ".join('"%s"' % host for host in HOSTS),
                secure=SECURE % tuple(CREDENTIALS) if CREDENTIALS else "",
                directory=DIRECTORY, programs=sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]))
        self.process = None

    def start(self):
        with open("%s/%s.log" % (DIRECTORY, self.name), "ab") as log:
            self.process = subprocess.Popen(
                as_postgres(["patroni", self.file]), stdout=log, stderr=log, start_new_session=True)

    def pids(self):
        """All processes of this server: they name its files or its directory."""
        listing = subprocess.run(["ps", "-eo", "pid,sid,args"], stdout=subprocess.PIPE, check=True).stdout.decode()
        mine = "%s/%s" % (DIRECTORY, self.name)
        return [int(line.split()[0]) for line in listing.splitlines()[1:]
                if mine in line or line.split()[1] == str(self.process.pid)]

    def kill(self):
        """kill -9 of Patroni and of PostgreSQL with all its processes."""
        postmaster = "%s/%s/postmaster.pid" % (DIRECTORY, self.name)
        pids = self.pids()
        if os.path.exists(postmaster):
            with open(postmaster) as file:
                pids.append(int(file.readline()))
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def query(self, text):
        result = subprocess.run(
            as_postgres(["psql", "-h", "127.0.0.1", "-p", str(self.sql), "-U", "postgres", "-tAc", text]),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/")
        return result.returncode, result.stdout.decode().strip()

    def members(self):
        """Role and state of each member by name, as this one's Patroni knows them."""
        with urllib.request.urlopen("http://127.0.0.1:%d/cluster" % self.rest, timeout=5) as reply:
            return {m["name"]: (m["role"], m["state"]) for m in json.load(reply)["members"]}

    def switch_over(self, leader, candidate):
        body = json.dumps({"leader": leader, "candidate": candidate}).encode()
        request = urllib.request.Request("http://127.0.0.1:%d/switchover" % self.rest, body, method="POST")
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status


def await_until(what, condition):
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("in vain: " + what)


def is_pair(server, primary, replica):
    states = server.members()
    role, state = states.get(replica.name, ("", ""))
    return (states.get(primary.name, ("", ""))[0] == "leader" and role == "replica"
            and state in ("running", "streaming"))


def await_row(server, value):
    await_until("%s on %s" % (value, server.name),
                lambda: server.query("select v from t where v = '%s'" % value) == (0, value))


def write(server, value):
    status, text = server.query("insert into t values ('%s')" % value)
    if status != 0:
        raise AssertionError(text)


def ask(host, path, body=None):
    """The reply of a member of the cluster."""
    if not CREDENTIALS:
        return urllib.request.urlopen("http://%s%s" % (host, path), body, timeout=5)
    authority, certificate, key, user, password = CREDENTIALS
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    pair = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
    request = urllib.request.Request("https://%s%s" % (host, path), body, headers={"Authorization": "Basic " + pair})
    return urllib.request.urlopen(request, timeout=5, context=context)


def renewal_in_v2(host):
    """The index at which the leader's key was written last."""
    with ask(host, "/v2/keys/service/story/leader") as reply:
        return json.load(reply)["node"]["modifiedIndex"]


def renewal_in_v3(host):
    """When the lease of the leader's key ends, by steps of three seconds: what is left is told in whole ones."""
    with ask(host, "/v3/kv/range", json.dumps({"key": encoded("/service/story/leader")}).encode()) as reply:
        lease = json.load(reply)["kvs"][0]["lease"]
    with ask(host, "/v3/lease/timetolive", json.dumps({"ID": lease}).encode()) as reply:
        return int(time.monotonic() + int(json.load(reply)["TTL"])) // 3


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def renewals():
    """The number of the last renewal of the leader's key, from any member that answers."""
    for host in HOSTS:
        try:
            return renewal_in_v3(host) if DCS == "etcd3" else renewal_in_v2(host)
        except OSError:
            pass
    return 0


def main(one, two):
    one.start()
    await_until("the first server leads", lambda: one.members().get("one", ("",))[0] == "leader")
    await_until("it takes writes", lambda: one.query("create table if not exists t (v text)")[0] == 0)
    two.start()
    await_until("the second server follows", lambda: is_pair(one, one, two))
    write(one, "first")
    await_row(two, "first")

    one.switch_over("one", "two")
    await_until("the servers have changed places", lambda: is_pair(two, two, one))
    write(two, "second")
    await_row(one, "second")

    if PID:
        os.kill(PID, signal.SIGKILL)
        before = renewals()
        await_until("the leader's key is renewed", lambda: renewals() > before)
        later = renewals()
        await_until("and renewed again", lambda: renewals() > later)
        if not is_pair(two, two, one):
            raise AssertionError("the pair changed places when a member of the cluster died")

    two.kill()
    await_until("the replica has taken over", lambda: one.members().get("one", ("",))[0] == "leader")
    await_until("it takes writes", lambda: one.query("insert into t values ('third')")[0] == 0)
    two.start()
    await_until("the old primary follows", lambda: is_pair(one, one, two))
    await_row(two, "third")
    print("done")


if __name__ == "__main__":
    if os.getuid() == 0:
        os.chown(DIRECTORY, pwd.getpwnam("postgres").pw_uid, -1)
    first, second = Server("one"), Server("two")
    try:
        main(first, second)
    except BaseException:
        for server in (first, second):
            path = "%s/%s.log" % (DIRECTORY, server.name)
            if os.path.exists(path):
                with open(path, errors="replace") as log:
                    print("%s:\n%s" % (server.name, log.read()[-6000:]))
        raise
    finally:
        for server in (first, second):
            if server.process:
                server.kill()
