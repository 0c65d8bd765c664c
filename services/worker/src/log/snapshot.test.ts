import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyRecord, contents, queued } from '../fakes/log-records.ts'
import { apply, emptyMemory, type LoggedEvent } from './memory.ts'
import type { LogRecord } from './records.ts'
import { fromPlain, type Snapshot, toPlain } from './snapshot.ts'
import { openSnapshot, sealSnapshot, zstandard } from './snapshot-codec.ts'

const tenantId = 'ten_A'
const sessionId = 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV'
const cipher = { tenantId, sessionId, key: randomBytes(32) }
const at = { epoch: 3, position: 7 }
const gently = { turn: async () => {}, compression: zstandard }

/** Everything is unpublished: the least that is known. */
function fold(records: LogRecord[], from?: Snapshot): Snapshot {
  const { memory, relayed, unpublished } = from ?? {
    memory: emptyMemory(tenantId, sessionId),
    relayed: 0,
    unpublished: [] as LoggedEvent[],
  }
  return { memory, relayed, unpublished: [...unpublished, ...records.flatMap((record) => apply(memory, record))] }
}
const keep = async (snapshot: Snapshot) =>
  fromPlain(
    tenantId,
    sessionId,
    await openSnapshot(cipher, at, await sealSnapshot(cipher, at, toPlain(snapshot), gently), gently),
  )

test('a memory that goes through a snapshot, and what follows, is the memory of the whole log, at any cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRecord, { maxLength: 120 }), fc.nat(120), async (records, cut) => {
      const whole = fold(records)
      const kept = await keep(fold(records.slice(0, cut)))
      expect(contents(kept.memory)).toEqual(contents(fold(records.slice(0, cut)).memory))
      const rest = fold(records.slice(cut), kept)
      expect(contents(rest.memory)).toEqual(contents(whole.memory))
      expect(rest.unpublished).toEqual(whole.unpublished)
    }),
    { numRuns: 60 },
  )
})

test('a memory of many entries comes back in its order', async () => {
  const many = fold(Array.from({ length: 700 }, (_, n) => queued(n)))
  const { memory } = await keep(many)
  expect([...memory.queue.keys()]).toEqual([...many.memory.queue.keys()])
  expect([...memory.seenCommands]).toEqual([...many.memory.seenCommands])
})

test('a snapshot opens only at its own place, under its own key, and unchanged', async () => {
  const sealed = await sealSnapshot(cipher, at, toPlain(fold([queued(1)])), gently)
  const opened = (bytes: Uint8Array, change: Partial<typeof cipher> = {}, place = at) =>
    openSnapshot({ ...cipher, ...change }, place, bytes, gently)
  await expect(opened(sealed)).resolves.toBeDefined()
  await expect(opened(sealed, { tenantId: 'ten_B' })).rejects.toThrow()
  await expect(opened(sealed, { sessionId: 'ses_B' })).rejects.toThrow()
  await expect(opened(sealed, { key: randomBytes(32) })).rejects.toThrow()
  await expect(opened(sealed, {}, { ...at, epoch: 4 })).rejects.toThrow()
  await expect(opened(sealed, {}, { ...at, position: 8 })).rejects.toThrow()
  const changed = Uint8Array.from(sealed)
  changed[40] = (changed[40] ?? 0) ^ 1
  await expect(opened(changed)).rejects.toThrow()
  await expect(opened(sealed.subarray(0, 20))).rejects.toThrow('too short')
})

test('a snapshot of a newer worker is refused: what it says and this one cannot keep would be lost', async () => {
  const plain = toPlain(fold([queued(1)]))
  expect(() => fromPlain(tenantId, sessionId, { ...plain, mood: ['good'] })).toThrow('mood')
  const newer = await sealSnapshot(cipher, at, plain, gently)
  newer[0] = 200
  await expect(openSnapshot(cipher, at, newer, gently)).rejects.toThrow('format 200')
})

test('an older format is brought up step by step, and one that cannot be is refused', async () => {
  const old = await sealSnapshot(cipher, at, { relayed: [1], spelt_wrong: [2] }, gently)
  const upgrade = {
    1: ({ spelt_wrong = [], ...rest }: Record<string, unknown[]>) => ({ ...rest, spelled: spelt_wrong }),
    2: ({ spelled = [], ...rest }: Record<string, unknown[]>) => ({ ...rest, right: [...spelled, 3] }),
  }
  expect(await openSnapshot(cipher, at, old, gently, { upgrade, upTo: 3 })).toEqual({ relayed: [1], right: [2, 3] })
  await expect(openSnapshot(cipher, at, old, gently, { upgrade, upTo: 4 })).rejects.toThrow('from snapshot format 3')
})

test('a snapshot of format 1 is read for ever', async () => {
  const key = createHash('sha256').update('fixture').digest()
  const bytes = readFileSync(new URL('./fixtures/snapshot-1.bin', import.meta.url))
  const plain = await openSnapshot({ tenantId, sessionId, key }, { epoch: 2, position: 9 }, bytes, gently)
  const { memory, relayed, unpublished } = fromPlain(tenantId, sessionId, plain)
  expect(relayed).toBe(1)
  expect(unpublished.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
    '2 message.sent',
    '3 message.received',
  ])
  expect(memory).toMatchObject({
    epoch: 2,
    sequence: 3,
    created: false,
    linked: true,
    closed: undefined,
    account: { phone: '+999200', lid: '88@lid' },
    logoutRequested: true,
  })
  expect([...memory.queue.keys()]).toEqual(['cmd_3'])
  expect(memory.unacknowledged.get('WA2')?.message.content).toEqual({ type: 'text', text: { body: 'text 2' } })
  expect(memory.sent.get('WA1')?.messageId).toBe('msg_1')
  expect(memory.seenCommands.get('cmd_1')).toBe('2026-01-01T00:00:00.000Z')
  expect(Buffer.from(memory.inbox.get('h1') ?? []).toString()).toBe('plain 1')
  expect(memory.keys.get('session', '77.0')).toEqual({ version: 'v1', n: 1 })
  expect(JSON.parse(Buffer.from(memory.creds ?? []).toString())).toMatchObject({ n: 4 })
})
