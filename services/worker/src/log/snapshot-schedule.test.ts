import { expect, test } from 'vitest'
import { type Candidate, createSnapshotSchedule, ObjectStoreFailed, snapshotRule } from './snapshot-schedule.ts'
import type { Backlog } from './snapshotter.ts'

type Fake = Candidate & { backlog: Backlog; ageMs: number; end: (error?: Error) => Promise<void> }

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A session that was taken over a minute ago, whose snapshot ends when the test says so. */
function session(id: string, backlog: Partial<Backlog> = {}): Fake {
  let ends = Promise.withResolvers<void>()
  const fake: Fake = {
    id,
    released: false,
    backlog: { records: 0, bytes: 0, oldestMs: undefined, ...backlog },
    ageMs: 60_000,
    snapshots: { backlog: () => fake.backlog, ageMs: () => fake.ageMs, take: () => ends.promise },
    async end(error) {
      if (error) ends.reject(error)
      else ends.resolve()
      ends = Promise.withResolvers()
      if (!error) fake.backlog = { records: 0, bytes: 0, oldestMs: undefined }
      await settled()
    },
  }
  return fake
}

function setUp(...sessions: Fake[]) {
  const world = { nowMs: 1_000_000, busy: false }
  const taking: string[] = []
  const lines: Record<string, unknown>[] = []
  const delays: (() => void)[] = []
  for (const one of sessions) {
    const { take } = one.snapshots
    one.snapshots.take = () => {
      taking.push(one.id)
      return take().finally(() => taking.splice(taking.indexOf(one.id), 1))
    }
  }
  const schedule = createSnapshotSchedule({
    rule: snapshotRule(500, 30),
    sessions: () => sessions,
    busy: () => world.busy,
    nowMs: () => world.nowMs,
    delay: () => new Promise((resolve) => void delays.push(resolve)),
    log: (event, fields) => lines.push({ event, ...fields }),
  })
  const after = (ms: number): void => {
    world.nowMs += ms
  }
  return { ...schedule, world, taking, lines, delays, after }
}

test.each<[string, Partial<Backlog>, boolean]>([
  ['500 records', { records: 500 }, true],
  ['499 records of little size', { records: 499, oldestMs: 999_999 }, false],
  ['4 MiB', { records: 3, bytes: 4 * 1024 * 1024 }, true],
  ['one change of half an hour ago', { records: 1, oldestMs: 1_000_000 - 30 * 60_000 }, true],
  ['one change of 29 minutes ago', { records: 1, oldestMs: 1_000_000 - 29 * 60_000 }, false],
  ['nothing new', {}, false],
])('a log with %s without a snapshot', (_, backlog, due) => {
  const { round, taking } = setUp(session('ses_1', backlog))
  round()
  expect(taking).toEqual(due ? ['ses_1'] : [])
})

test('the longest logs go first, two at a time, and each session one at a time', async () => {
  const all = [600, 900, 700, 800].map((records) => session(`ses_${records}`, { records }))
  const { round, taking } = setUp(...all)
  round()
  round()
  expect(taking).toEqual(['ses_900', 'ses_800'])
  await all[1]?.end()
  round()
  expect(taking).toEqual(['ses_800', 'ses_700'])
})

test('none begins while sessions are being taken over, nor of a session that has just come or has gone', () => {
  const fresh = session('ses_fresh', { records: 900 })
  const gone = session('ses_gone', { records: 900 })
  const there = session('ses_there', { records: 500 })
  Object.assign(fresh, { ageMs: 9_999 })
  Object.assign(gone, { released: true })
  const { round, taking, world } = setUp(fresh, gone, there)
  world.busy = true
  round()
  expect(taking).toEqual([])
  world.busy = false
  round()
  expect(taking).toEqual(['ses_there'])
})

test('a store that fails is asked for one session at a time, later and later, up to five minutes', async () => {
  const all = [1, 2, 3].map((n) => session(`ses_${n}`, { records: 1_000 - n }))
  const [first, second] = all
  const { round, taking, lines, after } = setUp(...all)
  round()
  await first?.end(new ObjectStoreFailed('away'))
  await second?.end(new ObjectStoreFailed('away'))
  const pauses = [10_000]
  for (let n = 0; n < 7; n++) {
    after((pauses.at(-1) ?? 0) - 1)
    round()
    expect(taking).toEqual([])
    after(1)
    round()
    expect(taking).toEqual(['ses_1'])
    await first?.end(new ObjectStoreFailed('away'))
    pauses.push(Number(lines.at(-1)?.retryInMs))
  }
  expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  after(300_000)
  round()
  await first?.end()
  round()
  expect(taking).toEqual(['ses_2', 'ses_3'])
})

test('a session whose snapshot cannot be made waits ten minutes, and holds up no other', async () => {
  const odd = session('ses_odd', { records: 900 })
  const other = session('ses_other', { records: 600 })
  const { round, taking, lines, after, stats } = setUp(odd, other)
  round()
  await odd.end(new Error('odd'))
  await other.end()
  expect(lines).toEqual([{ event: 'snapshot.failed', sessionId: 'ses_odd', reason: 'odd', retryInMs: 600_000 }])
  expect(stats()).toMatchObject({ taken: 1, failed: 1, records: 900 })
  after(599_999)
  round()
  expect(taking).toEqual([])
  after(1)
  round()
  expect(taking).toEqual(['ses_odd'])
})

test('a session that leaves takes a snapshot if the next owner would have much to read', async () => {
  const short = session('ses_short', { records: 99 })
  const long = session('ses_long', { records: 100 })
  const { leave, taking } = setUp(short, long)
  await leave(short)
  expect(taking).toEqual([])
  const left = leave(long)
  expect(taking).toEqual(['ses_long'])
  await long.end()
  await left
})

test('a session that leaves waits for its snapshot a second and no longer', async () => {
  const slow = session('ses_slow', { records: 100 })
  const { leave, delays } = setUp(slow)
  const left = leave(slow)
  for (const run of delays.splice(0)) run()
  await left
})

test('a session that leaves waits its turn, and goes without when its second is over or the store is away', async () => {
  const all = ['a', 'b', 'c'].map((name) => session(`ses_${name}`, { records: 500 }))
  const [a, b, c] = all
  const { round, leave, taking, after, delays } = setUp(...all)
  round()
  const waiting = c && leave(c)
  expect(taking).toEqual(['ses_a', 'ses_b'])
  await a?.end()
  expect(taking).toEqual(['ses_b', 'ses_c'])
  await c?.end()
  await waiting
  await b?.end(new ObjectStoreFailed('away'))
  after(1_000)
  if (a) Object.assign(a, { backlog: { records: 500, bytes: 0, oldestMs: undefined } })
  await (a && leave(a))
  expect(taking).toEqual([])
  for (const run of delays) run()
})
