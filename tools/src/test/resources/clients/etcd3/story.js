// What the npm client etcd3 can ask of a server, over gRPC: story.js PORT
'use strict';
const assert = require('assert');
const { Etcd3, isRecoverableError } = require('etcd3');

const client = new Etcd3({ hosts: `http://127.0.0.1:${process.argv[2]}`, dialTimeout: 10000 });

function once(emitter, event) {
  return new Promise((resolve, reject) => {
    emitter.on(event, resolve);
    emitter.on('error', reject);
  });
}

async function until(what, condition) {
  const deadline = Date.now() + 20000;
  while (!(await condition())) {
    assert(Date.now() < deadline, what);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function keys() {
  assert.strictEqual(await client.get('k'), null);
  await client.put('k').value('v1');
  await client.put('k').value('v2');
  assert.strictEqual(await client.get('k').string(), 'v2');
  assert.strictEqual(await client.get('k').revision(2).string(), 'v1');
  assert.strictEqual(await client.get('k').serializable(true).string(), 'v2');
  assert.strictEqual(await client.get('k').exists(), true);
  assert.strictEqual((await client.put('k').value('v3').getPrevious()).value.toString(), 'v2');
  await client.put('k').touch();
  assert.strictEqual((await client.get('k').exec()).kvs[0].version, '4');
  await client.put('number').value(42);
  assert.strictEqual(await client.get('number').number(), 42);
  await client.put('json').value(JSON.stringify({ a: [1] }));
  assert.deepStrictEqual(await client.get('json').json(), { a: [1] });
  await client.put('bytes').value(Buffer.from([0, 255]));
  assert.deepStrictEqual(await client.get('bytes').buffer(), Buffer.from([0, 255]));
  const long = 'x'.repeat(1000000);
  await client.put('long').value(long);
  assert.strictEqual(await client.get('long').string(), long);
  const deleted = await client.delete().key('number').getPrevious();
  assert.deepStrictEqual(deleted.map((kv) => kv.value.toString()), ['42']);
}

async function listings() {
  for (const name of ['b', 'c', 'a']) {
    await client.put('l/' + name).value('of ' + name);
  }
  assert.deepStrictEqual(await client.getAll().prefix('l/').strings(), {
    'l/a': 'of a', 'l/b': 'of b', 'l/c': 'of c',
  });
  assert.deepStrictEqual(await client.getAll().prefix('l/').sort('Mod', 'Descend').keys(), ['l/a', 'l/c', 'l/b']);
  assert.deepStrictEqual(await client.getAll().prefix('l/').limit(2).keys(), ['l/a', 'l/b']);
  assert.strictEqual(await client.getAll().prefix('l/').count(), 3);
  assert.deepStrictEqual(
    await client.getAll().inRange({ start: 'l/b', end: 'l/d' }).keys(), ['l/b', 'l/c']);
  const inside = client.namespace('l/');
  assert.strictEqual(await inside.get('a').string(), 'of a');
  assert.strictEqual(await inside.getAll().count(), 3);
  assert.strictEqual((await client.delete().prefix('l/')).deleted, '3');
}

async function transactions() {
  const take = () =>
    client.if('t', 'Create', '==', 0)
      .then(client.put('t').value('mine'))
      .else(client.get('t'))
      .commit();
  assert.strictEqual((await take()).succeeded, true);
  const second = await take();
  assert.strictEqual(second.succeeded, false);
  assert.strictEqual(second.responses[0].response_range.kvs[0].value.toString(), 'mine');
  const all = await client.if('t', 'Value', '==', 'mine').and('t', 'Version', '<', 2).and('t', 'Mod', '>', 1)
    .then(client.delete().key('t')).commit();
  assert.strictEqual(all.succeeded, true);
  await client.put('counter').value(0);
  await Promise.all(Array.from({ length: 4 }, () =>
    client.stm({ retries: 50 }).transact(async (step) =>
      step.put('counter').value(1 + await step.get('counter').number()))));
  assert.strictEqual(await client.get('counter').number(), 4);
  await assert.rejects(
    client.if('t', 'Create', '==', 0).then(client.put('x').value(1), client.put('x').value(2)).commit(),
    (error) => error.message.includes('duplicate key given in txn request') && !isRecoverableError(error));
}

async function leases() {
  const lease = client.lease(2);
  const kept = once(lease, 'keepaliveSucceeded');
  await lease.put('leased').value('v');
  assert.strictEqual((await client.get('leased').exec()).kvs[0].lease, await lease.grant());
  assert.strictEqual((await kept).TTL, '2');
  assert.strictEqual((await lease.keepaliveOnce()).TTL, '2');
  await lease.revoke();
  assert.strictEqual(await client.get('leased'), null);
  const brief = client.lease(1, { autoKeepAlive: false });
  await brief.put('brief').value('v');
  await until('the lease ends', async () => (await client.get('brief')) === null);
  await assert.rejects(client.put('none').value('v').lease(4711).exec(), /requested lease not found/);
}

async function locks() {
  await client.lock('story').ttl(10).do(async () => {
    await assert.rejects(client.lock('story').ttl(10).acquire());
  });
  await client.lock('story').ttl(10).do(async () => undefined);
}

async function elections() {
  const election = client.election('story', 10);
  const one = election.campaign('one');
  await one.wait();
  assert.strictEqual(await election.leader(), 'one');
  const observer = await election.observe();
  assert.strictEqual(observer.leader(), 'one');
  const other = election.campaign('other');
  await one.proclaim('one again');
  await until('the change is seen', () => observer.leader() === 'one again');
  await one.resign();
  await other.wait();
  await until('the successor is seen', () => observer.leader() === 'other');
  await observer.cancel();
  await other.resign();
}

async function watches() {
  const revision = (await client.put('w/0').value('start')).header.revision;
  const seen = [];
  const watcher = await client.watch().prefix('w/').withPreviousKV().startRevision(revision).create();
  watcher.on('put', (kv, previous) => seen.push(`${kv.key} ${kv.value} ${previous ? previous.value : ''}`));
  watcher.on('delete', (kv, previous) => seen.push(`${kv.key} gone ${previous.value}`));
  const deletes = [];
  const other = await client.watch().prefix('w/').only('delete').create();
  other.on('delete', (kv) => deletes.push(kv.key.toString()));
  await client.put('w/1').value('a');
  await client.put('w/1').value('b');
  await client.delete().key('w/1');
  await until('all is seen', () => seen.length === 4 && deletes.length === 1);
  assert.deepStrictEqual(seen, ['w/0 start ', 'w/1 a ', 'w/1 b a', 'w/1 gone b']);
  assert.deepStrictEqual(deletes, ['w/1']);
  await watcher.cancel();
  await client.put('w/2').value('unseen');
  await client.delete().key('w/2');
  await until('the other one goes on', () => deletes.length === 2);
  assert.strictEqual(seen.length, 4);
  await other.cancel();
}

async function cluster() {
  const { members } = await client.cluster.memberList({});
  assert.deepStrictEqual(members.map((member) => member.name), ['default']);
  const status = await client.maintenance.status({});
  assert.strictEqual(status.leader, members[0].ID);
  assert.match(status.version, /^3\.\d+\.\d+$/);
  const { header } = await client.put('k').value('v');
  await client.kv.compact({ revision: header.revision });
  await assert.rejects(client.get('k').revision(2).string(), /required revision has been compacted/);
}

async function main() {
  for (const chapter of [keys, listings, transactions, leases, locks, elections, watches, cluster]) {
    try {
      await chapter();
    } catch (error) {
      error.message = `${chapter.name}: ${error.message}`;
      throw error;
    }
  }
}

main().then(
  () => {
    client.close();
    console.log('done');
  },
  (error) => {
    console.log(error.stack);
    process.exit(1);
  });
