import { expect, test } from 'vitest'
import { type MeasureDeps, measureStreams } from './measure.ts'
import { rememberFor } from './remember.ts'

const now = new Date('2026-11-20T10:00:00.000Z')
const size = { messages: 1, bytes: 2, firstSeq: 1, lastSeq: 1, consumers: 0, replicas: 1, maxAgeMs: 0 }
const consumer = (name: string, pending: number, more = {}) => ({
  ...{ name, durable: true, filter: `cmd.${name}.>`, pending, ackPending: 0, redelivered: 0, settledSeq: 4, pulls: 1 },
  ...more,
})

function deps(found: ReturnType<typeof consumer>[]) {
  const looked: [string, string, number][] = []
  const broker: MeasureDeps['broker'] = {
    streamState: async () => size,
    consumerStates: async () => found,
    firstFrom: async (stream, subject, fromSeq) => {
      looked.push([stream, subject, fromSeq])
      const time = new Date(now.getTime() - (subject === 'cmd.slow.>' ? 60_000 : 1_000))
      return { subject, seq: fromSeq, time, data: new Uint8Array(), headers: {} }
    },
  }
  return { looked, deps: { broker, now: () => now } }
}

test('the longest lag comes first, and is the stream’s', async () => {
  const world = deps([
    consumer('idle', 0),
    consumer('busy', 9),
    consumer('slow', 1),
    consumer('r', 3, { durable: false }),
  ])
  const { streams } = await measureStreams(world.deps)
  const commands = streams.find(({ name }) => name === 'COMMANDS')
  expect(commands).toMatchObject({ lag_seconds: 60, consumers_total: 3, live_readers: 1 })
  expect(commands?.consumers.map(({ name, lag_seconds }) => [name, lag_seconds])).toEqual([
    ['slow', 60],
    ['busy', 1],
    ['idle', 0],
  ])
  expect(world.looked).toContainEqual(['COMMANDS', 'cmd.slow.>', 5])
})

test('nobody reads what goes on record to tell a lag', async () => {
  const world = deps([consumer('projector-audit', 2)])
  const { streams } = await measureStreams(world.deps)
  expect(streams.find(({ name }) => name === 'AUDIT')?.consumers[0]).toMatchObject({ pending: 2, lag_seconds: null })
  expect(world.looked.filter(([stream]) => stream === 'AUDIT')).toEqual([])
})

test('however many are behind, few are looked up', async () => {
  const world = deps(Array.from({ length: 1_000 }, (_, n) => consumer(`s${n}`, n + 1)))
  const { streams } = await measureStreams(world.deps)
  expect(world.looked).toHaveLength(2 * 64)
  expect(streams.find(({ name }) => name === 'COMMANDS')?.consumers).toHaveLength(500)
})

test('ten who ask at once cost one answer, and a failure is not remembered', async () => {
  let [at, asked] = [0, 0]
  const remembered = rememberFor(
    2_000,
    () => at,
    async () => {
      asked += 1
      if (asked === 2) throw new Error('away')
      return asked
    },
  )
  expect(await Promise.all(Array.from({ length: 10 }, remembered))).toEqual(Array(10).fill(1))
  at = 2_000
  await expect(remembered()).rejects.toThrow('away')
  expect(await remembered()).toBe(3)
})
