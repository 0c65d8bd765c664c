// One session's log and snapshots in memory, and its owners one after another, so that a test can break things between any two steps.
import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { apply, emptyMemory, type LoggedEvent } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import type { Replay } from '../log/replay.ts'
import { zstandard } from '../log/snapshot-codec.ts'
import { createSnapshotter } from '../log/snapshotter.ts'
import { readAhead, takeOver } from '../log/takeover.ts'
import { anyRecord, contents } from './log-records.ts'
import { MemoryObjects } from './memory-objects.ts'
import { MemorySubject } from './memory-subject.ts'

const cipher = { tenantId: 'ten_A', sessionId: 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV', key: randomBytes(32) }
const records = fc.sample(
  anyRecord.filter(({ kind }) => kind !== 'CLAIM'),
  { numRuns: 400, seed: 1 },
)

/** What is stored of one session, and everything that its owners ever wrote. */
export function world() {
  const subject = new MemorySubject()
  const objects = new MemoryObjects()
  const whole = emptyMemory(cipher.tenantId, cipher.sessionId)
  const events: LoggedEvent[] = []
  const reports: string[] = []
  let owners = 0
  let next = 0

  async function owner(purge = (beforeSeq: number) => subject.purge(beforeSeq), ahead?: Replay) {
    owners += 1
    const name = `owner-${owners}`
    const now = () => new Date()
    const claimedAt = now()
    const turn = async () => {}
    const report = (event: string) => reports.push(event)
    let relayed = 0
    const taken = await takeOver(
      {
        cipher,
        owner: name,
        now: () => claimedAt,
        newTerm: () => name,
        broker: subject.broker(),
        snapshots: objects,
        onFenced: () => {},
        defer: queueMicrotask,
        turn,
        compression: zstandard,
        relayed: () => relayed,
        report,
      },
      ahead,
    )
    events.push(...apply(whole, { kind: 'CLAIM', epoch: taken.log.epoch, owner: name, at: claimedAt.toISOString() }))
    const pending: LoggedEvent[] = [...taken.unpublished]
    relayed = taken.relayed
    const relay = { relayed: () => relayed, unpublished: () => pending.filter(({ sequence }) => sequence > relayed) }
    const gently = { turn, compression: zstandard }
    const snapshotter = createSnapshotter({
      ...taken,
      ...gently,
      cipher,
      relay,
      snapshots: objects,
      purge,
      now,
      report,
    })
    const write = async (...written: LogRecord[]) => {
      for (const record of written) {
        taken.log.append([record])
        pending.push(...apply(taken.memory, record))
        events.push(...apply(whole, record))
      }
      await taken.log.durable()
    }
    return {
      ...taken,
      ...snapshotter,
      write,
      /** The next so many of the chance records. */
      work: async (count: number) => {
        await write(...records.slice(next, next + count))
        next += count
      },
      publishAll: () => {
        relayed = taken.memory.sequence
      },
    }
  }

  /** The next owner knows what was ever written, and publishes what may not have been. */
  async function expectNothingForgotten(published = 0, ahead?: Replay) {
    const taken = await owner(undefined, ahead)
    expect(contents(taken.memory)).toEqual(contents(whole))
    expect(taken.relayed).toBe(published)
    expect(taken.unpublished).toEqual(events.filter(({ sequence }) => sequence > published))
    return taken
  }
  const readLog = () =>
    readAhead({
      cipher,
      broker: subject.broker(),
      snapshots: objects,
      turn: async () => {},
      compression: zstandard,
      report: () => {},
    })
  return { subject, objects, owner, readLog, expectNothingForgotten, reports }
}
