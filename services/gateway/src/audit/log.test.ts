import { randomBytes } from 'node:crypto'
import { type AuditEntry, auditEntry } from '@wagate/messages/audit.ts'
import { createIds } from '@wagate/messages/ids.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import type { NewAuditEntry } from './entry.ts'
import { createAuditLog, maxWaiting } from './log.ts'

const told: NewAuditEntry = { tenantId: 'ten_a', actor: { kind: 'key', id: 'k' }, action: 'session.created' }

function setUp() {
  const broker = { up: true, stored: new Map<string, AuditEntry>(), subjects: new Set<string>() }
  const waited: AuditEntry[] = []
  const lost: AuditEntry[] = []
  let clockMs = 0
  const now = () => new Date()
  const log = createAuditLog({
    publish: async (subject, data, options) => {
      if (!broker.up) throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
      const entry = auditEntry.parse(JSON.parse(Buffer.from(data).toString()))
      expect(options?.msgId).toBe(entry.id)
      broker.subjects.add(subject)
      broker.stored.set(entry.id, entry)
      return { stream: 'AUDIT', seq: broker.stored.size, duplicate: false }
    },
    status: () => (broker.up ? 'connected' : 'disconnected'),
    pause: async (ms) => {
      clockMs += ms
    },
    monotonicMs: () => clockMs,
    now,
    newId: createIds({ now, randomBytes }),
    timeoutMs: 4_000,
    onWaiting: (entry) => waited.push(entry),
    onLost: (entry) => lost.push(entry),
  })
  return { log, broker, waited, lost }
}

test('an entry is published under its tenant, with its id as that of the message', async () => {
  const { log, broker } = setUp()
  await log.record(told)
  expect([...broker.subjects]).toEqual([expect.stringMatching(/^aud\.\d+\.ten_a$/)])
})

test('an entry that the broker did not take is told, and stored once the broker is back', async () => {
  const { log, broker, waited } = setUp()
  broker.up = false
  await expect(log.record(told)).rejects.toThrow(BrokerUnavailable)
  expect(await log.retry()).toBe(false)
  expect([waited.length, log.waiting()]).toEqual([1, 1])
  broker.up = true
  expect(await log.retry()).toBe(true)
  expect([...broker.stored.values()]).toEqual(waited)
  expect(log.waiting()).toBe(0)
})

test('a repeat that gets through leaves nothing behind', async () => {
  const { log, broker } = setUp()
  const again = { ...told, id: 'aud_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }
  broker.up = false
  await expect(log.record(again)).rejects.toThrow()
  broker.up = true
  await log.record(again)
  expect([log.waiting(), broker.stored.size]).toEqual([0, 1])
})

test('memory is bounded, and what does not fit is told whole', async () => {
  const { log, broker, lost } = setUp()
  broker.up = false
  for (let n = 0; n < maxWaiting + 2; n++) await log.record(told).catch(() => {})
  expect([log.waiting(), lost.length]).toEqual([maxWaiting, 2])
  expect(auditEntry.safeParse(lost[0]).success).toBe(true)
})

test('while the broker is away nothing is begun: it is waited for, and then refused', async () => {
  const { log, broker } = setUp()
  await log.ready()
  broker.up = false
  await expect(log.ready()).rejects.toThrow(BrokerUnavailable)
})
