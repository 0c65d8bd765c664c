// Snapshots, purge and erasure on a real broker and a real object store; each step in between is in log/snapshotter.test.ts.
import { randomBytes } from 'node:crypto'
import { type SessionConfig, sessionConfigKey, sessionKey } from '@wagate/messages/control.ts'
import { logSubject } from '@wagate/messages/subjects.ts'
import { type ObjectStore, objectStore } from '@wagate/runtime/object-store.ts'
import { parseMasterKey } from '@wagate/runtime/seal.ts'
import { type TestBroker, testBroker } from '@wagate/runtime/testing/broker.ts'
import { startNats, type TestNats } from '@wagate/testing/nats.ts'
import { startS3 } from '@wagate/testing/s3.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { acked, contents, intent, queued } from '../fakes/log-records.ts'
import { apply } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { createSnapshotter } from '../log/snapshotter.ts'
import { takeOver } from '../log/takeover.ts'
import { type EngineBroker, takeoverDeps } from './deps.ts'
import { forgetSession, isHalfForgotten } from './forget.ts'

let nats: TestNats
let broker: TestBroker
beforeAll(async () => {
  nats = await startNats()
  broker = await testBroker(nats)
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await nats?.[Symbol.asyncDispose]()
})

const tenantId = 'ten_A'
const prefix = (sessionId: string): string => `sessions/${tenantId}/${sessionId}/`

async function setUp() {
  const s3 = await startS3(['wagate'])
  const { url: endpoint, accessKeyId, secretAccessKey } = s3
  const objects = objectStore({ endpoint, bucket: 'wagate', region: 'us-east-1', accessKeyId, secretAccessKey })
  const sessionId = `ses_${randomBytes(8).toString('hex')}`
  const config: SessionConfig = {
    v: 1,
    tenantId,
    sessionId,
    mode: 'test',
    partition: 's0',
    desired: 'running',
    createdAt: '2026-01-01T00:00:00.000Z',
  }
  const reports: string[] = []
  const report = (event: string) => void reports.push(event)
  const engine = await engineOn(objects, report)

  async function owner() {
    const deps = { ...(await takeoverDeps(engine, config)), report }
    const taken = await takeOver({ ...deps, onFenced: () => {}, relayed: () => 0 })
    const relay = { relayed: () => taken.memory.sequence, unpublished: () => [] }
    return {
      ...taken,
      ...createSnapshotter({ ...deps, ...taken, relay }),
      async work(from: number) {
        for (let n = from; n < from + 20; n++) {
          const records: LogRecord[] = [queued(n), intent(n), acked(n)]
          for (const record of records) apply(taken.memory, record)
          await taken.log.durable(taken.log.append(records))
        }
      },
    }
  }
  const names = () => Array.fromAsync(objects.list(prefix(sessionId)))
  const newest = async () => {
    const seqOf = (name: string): number => Number(name.slice(prefix(sessionId).length).split('-')[1])
    return (await names()).toSorted((one, other) => seqOf(one) - seqOf(other)).at(-1) ?? ''
  }
  const log = () => Array.fromAsync(broker.readSubject('SESSION_LOG', logSubject(sessionId)))
  /** An owner with two snapshots and a purged log. */
  async function purged() {
    const first = await owner()
    for (let n = 0; n < 3; n++) {
      await first.work(n * 20)
      await first.take()
    }
    return first
  }
  return { s3, objects, engine, config, owner, purged, names, newest, log, reports }
}

const engineOn = async (objects: ObjectStore, warn: EngineBroker['warn']): Promise<EngineBroker> => ({
  broker,
  buckets: {
    sessions: await broker.kv('sessions'),
    sessionKeys: await broker.kv('session_keys'),
    pairing: await broker.kv('pairing'),
  },
  master: parseMasterKey(Buffer.alloc(32, 1).toString('base64'), 'k1'),
  owner: 'test',
  now: () => new Date(),
  reached: () => {},
  onAppend: () => {},
  pause: async () => {},
  stopping: new AbortController().signal,
  objects,
  warn,
})

test('the subject is purged behind two snapshots, and a takeover reads the newest and what follows', async () => {
  const here = await setUp()
  await using _ = here.s3
  const first = await here.purged()
  expect(await here.names()).toHaveLength(2)
  expect((await here.log()).length).toBeLessThan(30)
  await first.work(60)
  const next = await here.owner()
  expect(contents({ ...next.memory, epoch: 1, crashes: first.memory.crashes })).toEqual(contents(first.memory))
  expect(next.replayed.records).toBeLessThan(70)
})

test('a snapshot whose object was changed in the store is passed over for the one before', async () => {
  const here = await setUp()
  await using _ = here.s3
  const first = await here.purged()
  await here.objects.put(await here.newest(), randomBytes(1_000))
  const next = await here.owner()
  expect(contents({ ...next.memory, epoch: 1, crashes: first.memory.crashes })).toEqual(contents(first.memory))
  expect(here.reports).toContain('snapshot.unusable')
})

test("a snapshot copied under another session's prefix is passed over; every object lies under its own", async () => {
  const [here, there] = [await setUp(), await setUp()]
  await using _ = here.s3
  await using __ = there.s3
  const first = await here.purged()
  await there.purged()
  const copied = await there.objects.getBytes(await there.newest())
  await here.objects.put(await here.newest(), copied ?? new Uint8Array())
  const next = await here.owner()
  expect(contents({ ...next.memory, epoch: 1, crashes: first.memory.crashes })).toEqual(contents(first.memory))
  expect(here.reports).toContain('snapshot.unusable')
  const all = await Array.fromAsync(here.objects.list(''))
  expect(all.filter((name) => !name.startsWith(prefix(here.config.sessionId)))).toEqual([])
})

test('with the store gone, snapshots fail and the log goes on; a session whose log was purged waits for it', async () => {
  const here = await setUp()
  const first = await here.purged()
  await here.s3[Symbol.asyncDispose]()
  await first.work(60)
  const before = (await here.log()).length
  await expect(first.take()).rejects.toThrow('the object store failed')
  await first.work(80)
  expect((await here.log()).length).toBe(before + 20)
  await expect(here.owner()).rejects.toThrow('cannot be put together again')
})

test('of a deleted session nothing is left, and kept copies of its log and snapshots cannot be read', async () => {
  const here = await setUp()
  await using _ = here.s3
  const { engine, config, objects } = here
  await here.purged()
  const copies = { log: await here.log(), name: await here.newest() }
  const snapshot = await objects.getBytes(copies.name)
  const key = sessionKey(tenantId, config.sessionId)
  const wrapped = await engine.buckets.sessionKeys.get(key)
  await engine.buckets.sessions.put(sessionConfigKey(tenantId, config.sessionId), Buffer.from(JSON.stringify(config)))

  await forgetSession(engine, config)
  expect(await here.log()).toEqual([])
  expect(await here.names()).toEqual([])
  expect(await engine.buckets.sessionKeys.get(key)).toBeUndefined()
  expect(await broker.messageAt('KV_session_keys', wrapped?.revision ?? 0)).toBeUndefined()

  // Everything else put back, and the master key at hand: there is no way in.
  for (const { data } of copies.log) await broker.publish(logSubject(config.sessionId), data)
  await objects.put(copies.name, snapshot ?? new Uint8Array())
  await expect(here.owner()).rejects.toThrow('the key of its log is gone')
})

test('a deletion that was interrupted after the key was gone is finished by the next worker', async () => {
  const here = await setUp()
  await using _ = here.s3
  const { engine, config } = here
  await here.purged()
  const deleted: SessionConfig = { ...config, desired: 'deleted' }
  expect(await isHalfForgotten(engine, deleted)).toBe(false)
  await engine.buckets.sessionKeys.delete(sessionKey(tenantId, config.sessionId))
  expect(await isHalfForgotten(engine, deleted)).toBe(true)
  await forgetSession(engine, deleted)
  expect([await here.log(), await here.names()]).toEqual([[], []])
})
