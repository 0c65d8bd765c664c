import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { MemorySubject } from '../fakes/memory-subject.ts'
import { openBatch } from './codec.ts'
import type { LogRecord } from './records.ts'
import { Fenced, SessionLog } from './session-log.ts'

const cipher = { tenantId: 'ten_A', sessionId: 'ses_A', key: randomBytes(32) }
const acked = (waMessageId: string): LogRecord => ({ kind: 'ACKED', waMessageId, at: '2026-01-01T00:00:00.000Z' })

function openLog(subject: MemorySubject, overrides: { epoch?: number; lastSeq?: number; position?: number } = {}) {
  const fenced: string[] = []
  const log = new SessionLog({
    broker: subject.broker(),
    cipher,
    epoch: overrides.epoch ?? 1,
    term: `term ${overrides.epoch ?? 1}`,
    position: overrides.position ?? 0,
    lastSeq: overrides.lastSeq ?? 0,
    relayed: () => 0,
    onFenced: () => fenced.push('socket closed'),
    defer: queueMicrotask,
  })
  return { log, fenced }
}

const idsIn = (subject: MemorySubject): string[][] =>
  subject.messages.map(({ data }) =>
    openBatch(cipher, data).batch.records.map((record) => (record.kind === 'ACKED' ? record.waMessageId : record.kind)),
  )

test('an append is durable once the broker has stored it, and readable with the key', async () => {
  const subject = new MemorySubject()
  const { log } = openLog(subject)
  const ticket = log.append([acked('A')])
  expect(log.isDurable(ticket)).toBe(false)
  await log.durable(ticket)
  expect(log.isDurable(ticket)).toBe(true)
  expect(idsIn(subject)).toEqual([['A']])
})

test('appends that wait behind the one in flight are written together, in order', async () => {
  const subject = new MemorySubject()
  const gate = Promise.withResolvers<void>()
  const inFlight = Promise.withResolvers<void>()
  subject.beforeStore = () => {
    inFlight.resolve()
    return gate.promise
  }
  const { log } = openLog(subject)
  log.append([acked('A')])
  await inFlight.promise
  for (const id of ['B', 'C', 'D']) log.append([acked(id)])
  gate.resolve()
  await log.durable()
  expect(idsIn(subject)).toEqual([['A'], ['B', 'C', 'D']])
})

test('a lazy append is written with the next one that is not', async () => {
  const subject = new MemorySubject()
  const { log } = openLog(subject)
  log.append([acked('intent')], { lazy: true })
  log.append([acked('keys')])
  await log.durable()
  expect(idsIn(subject)).toEqual([['intent', 'keys']])
})

test('waiting for a lazy append writes it', async () => {
  const subject = new MemorySubject()
  const { log } = openLog(subject)
  await log.durable(log.append([acked('alone')], { lazy: true }))
  expect(idsIn(subject)).toEqual([['alone']])
})

test('an append whose answer was lost is stored once', async () => {
  const subject = new MemorySubject()
  subject.trouble = ['lose-answer', 'none']
  const { log, fenced } = openLog(subject)
  await log.durable(log.append([acked('A')]))
  await log.durable(log.append([acked('B')]))
  expect(idsIn(subject)).toEqual([['A'], ['B']])
  expect(fenced).toEqual([])
})

test('an append whose request was lost is sent again', async () => {
  const subject = new MemorySubject()
  subject.trouble = ['lose-request', 'lose-request', 'none']
  const { log } = openLog(subject)
  await log.durable(log.append([acked('A')]))
  expect(idsIn(subject)).toEqual([['A']])
})

test('an owner that finds another record after its last closes its socket before any caller learns of it', async () => {
  const subject = new MemorySubject()
  const old = openLog(subject)
  await old.log.durable(old.log.append([acked('A')]))
  const newer = openLog(subject, { epoch: 2, position: 1, lastSeq: 1 })
  await newer.log.durable(newer.log.append([acked('claim')]))

  const order: string[] = []
  const zombie = old.log.durable(old.log.append([acked('too late')])).catch((error: unknown) => {
    order.push('caller', ...old.fenced)
    return error
  })
  expect(await zombie).toBeInstanceOf(Fenced)
  expect(order).toEqual(['caller', 'socket closed'])
  expect(() => old.log.append([acked('never')])).toThrow(Fenced)
  expect(idsIn(subject)).toEqual([['A'], ['claim']])
})

test('a record is written as it was when its append began', async () => {
  const subject = new MemorySubject()
  const { log } = openLog(subject)
  const attrs: Record<string, string> = { id: 'before' }
  log.append([{ kind: 'STANZA', stanza: { tag: 'receipt', attrs, ids: [] }, at: '' }])
  attrs.id = 'after'
  await log.durable()
  const [first] = subject.messages
  expect(first && openBatch(cipher, first.data).batch.records).toMatchObject([{ stanza: { attrs: { id: 'before' } } }])
})

test('a batch cannot be read in another place or with another key', async () => {
  const subject = new MemorySubject()
  const { log } = openLog(subject)
  await log.durable(log.append([acked('A')]))
  const data = subject.messages[0]?.data
  if (!data) throw new Error('nothing was stored')
  expect(() => openBatch({ ...cipher, sessionId: 'ses_B' }, data)).toThrow()
  expect(() => openBatch({ ...cipher, key: randomBytes(32) }, data)).toThrow()
  const moved = Buffer.from(data)
  moved.writeUInt32BE(7, 5)
  expect(() => openBatch(cipher, moved)).toThrow()
})
