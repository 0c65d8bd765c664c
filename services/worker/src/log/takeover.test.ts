import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { acked, intent, queued } from '../fakes/log-records.ts'
import { MemoryObjects } from '../fakes/memory-objects.ts'
import { MemorySubject } from '../fakes/memory-subject.ts'
import { noCrashes } from './crashes.ts'
import { apply, type LoggedEvent, type Memory } from './memory.ts'
import { packMutations } from './packed-keys.ts'
import type { LogRecord } from './records.ts'
import type { Replay } from './replay.ts'
import type { SessionLog } from './session-log.ts'
import { zstandard } from './snapshot-codec.ts'
import { readAhead, takeOver } from './takeover.ts'

const at = '2026-01-01T00:00:00.000Z'
const key = randomBytes(32)

/** What two owners must agree on: not what each claim changes. Packed parts are spelled out, since a comparison does not see into them. */
const contentsOf = (memory: Memory) => ({ ...memory, epoch: 0, crashes: noCrashes(), keys: memory.keys.entries() })

const cipher = { tenantId: 'ten_A', sessionId: 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV', key }

const readLog = (subject: MemorySubject) =>
  readAhead({
    cipher,
    broker: subject.broker(),
    snapshots: new MemoryObjects(),
    turn: async () => {},
    compression: zstandard,
    report: () => {},
  })

async function owner(subject: MemorySubject, name: string, ahead?: Replay) {
  let relayed = 0
  const fenced: string[] = []
  const taken = await takeOver(
    {
      cipher,
      owner: name,
      now: () => new Date(at),
      newTerm: () => name,
      broker: subject.broker(),
      snapshots: new MemoryObjects(),
      turn: async () => {},
      compression: zstandard,
      report: () => {},
      onFenced: () => fenced.push(name),
      defer: queueMicrotask,
      relayed: () => relayed,
    },
    ahead,
  )
  const write = (log: SessionLog, memory: Memory, records: LogRecord[]): LoggedEvent[] => {
    log.append(records)
    return records.flatMap((record) => apply(memory, record))
  }
  return {
    ...taken,
    fenced,
    write: (...records: LogRecord[]) => write(taken.log, taken.memory, records),
    hasRelayed: (sequence: number) => {
      relayed = sequence
    },
  }
}

test('the next owner finds what is queued, what is unacknowledged and what is done', async () => {
  const subject = new MemorySubject()
  const first = await owner(subject, 'first')
  first.write(queued(1), queued(2), queued(3), intent(1), intent(2), acked(1))
  await first.log.durable()

  const next = await owner(subject, 'next')
  expect(next.memory.epoch).toBe(2)
  expect([...next.memory.queue.keys()]).toEqual(['cmd_3'])
  expect([...next.memory.unacknowledged.keys()]).toEqual(['WA2'])
  expect(next.memory.seenCommands.has('cmd_1')).toBe(true)
  expect(next.memory.sent.get('WA1')?.messageId).toBe('msg_1')
})

test('events beyond the watermark are made again with the same ids, and no others', async () => {
  const subject = new MemorySubject()
  const first = await owner(subject, 'first')
  const events = first.write(queued(1), intent(1), acked(1), queued(2), intent(2), acked(2))
  await first.log.durable()
  first.hasRelayed(1)
  const more = first.write(queued(3), intent(3), acked(3))
  await first.log.durable()

  const next = await owner(subject, 'next')
  expect(next.relayed).toBe(1)
  expect(next.unpublished).toEqual([...events, ...more].slice(1))
  expect(next.memory.sequence).toBe(3)
})

test('the claim of a new owner fences the old one', async () => {
  const subject = new MemorySubject()
  const old = await owner(subject, 'old')
  await owner(subject, 'new')
  old.write(queued(1))
  await expect(old.log.durable()).rejects.toThrow('another owner')
  expect(old.fenced).toEqual(['old'])
})

test('of two that claim at once, only the one with the later epoch can write', async () => {
  const subject = new MemorySubject()
  const claims = await Promise.allSettled([owner(subject, 'one'), owner(subject, 'two')])
  const owners = claims.flatMap((claim) => (claim.status === 'fulfilled' ? [claim.value] : []))
  const epochs = owners.map((each) => each.memory.epoch)
  expect(Math.max(...epochs)).toBe(2)
  for (const each of owners) {
    each.write(queued(each.memory.epoch))
    if (each.memory.epoch === 2) await each.log.durable()
    else await expect(each.log.durable()).rejects.toThrow('another owner')
  }
})

test('replaying the log gives the memory that its owner had, at every length', async () => {
  const subject = new MemorySubject()
  const first = await owner(subject, 'first')
  const steps: LogRecord[][] = [
    [queued(1), queued(2)],
    [intent(1)],
    [
      {
        kind: 'KEYS',
        mutations: packMutations({
          session: { '1.0': { version: 'v1' } },
          'lid-mapping': { '999100': '77', '77_reverse': '999100' },
        }),
      },
    ],
    [acked(1)],
    [{ kind: 'STANZA', stanza: { tag: 'receipt', attrs: { from: '77@lid', id: 'WA1' }, ids: ['WA1'] }, at }],
    [{ kind: 'FAILED', commandId: 'cmd_2', code: 'session-closed', detail: 'd', at }],
  ]
  for (const records of steps) {
    first.write(...records)
    await first.log.durable()
    const replay = await owner(subject, 'reader')
    expect(contentsOf(replay.memory)).toEqual(contentsOf(first.memory))
    subject.messages.pop() // the reader's claim
  }
})

test('a takeover that was read ahead knows the same, however much was written meanwhile', async () => {
  for (const readAfter of [0, 1, 2, 3]) {
    const subject = new MemorySubject()
    const first = await owner(subject, 'first')
    let ahead: Replay | undefined
    for (const [step, records] of [[queued(1), queued(2)], [intent(1)], [acked(1)], [queued(3)]].entries()) {
      if (step === readAfter) ahead = await readLog(subject)
      first.write(...records)
      await first.log.durable()
    }
    const next = await owner(subject, 'next', ahead)
    expect(contentsOf(next.memory)).toEqual(contentsOf({ ...first.memory, epoch: 2 }))
    const cold = await owner(subject, 'cold')
    expect(next.unpublished.map(({ id }) => id)).toEqual(cold.unpublished.map(({ id }) => id))
  }
})
