// Partitions that move because somebody wants it: a worker joins, is drained by order, is stopped. Nothing may be lost or get
// out of order.
import type { Client } from '@wagate/api/client.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createOperator } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld, type World } from '@wagate/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker } from './src/broker.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

const partitions = 16
let stack: TestStack
let broker: OperatorBroker
let operator: Client

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ partitions, passedOn: { ENGINES: '1' } })
  broker = await connectAsOperator(stack)
  operator = await createOperator(stack)
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const setUp = (seed: number, sessions: number, phones: number) =>
  createWorld(stack, { sessions, phones, seed, readLog: () => broker.readSubject('SESSION_LOG', 'wal.>') })

/** Every active worker holds its share, give or take a partition, and together they hold all. */
const balanced = (workers: number, deadlineMs = 60_000) =>
  waitFor(
    async () => {
      const counts = (await operator.listWorkers()).data.flatMap((each) =>
        each.state === 'active' ? each.partitions : [],
      )
      const all = counts.reduce((sum, count) => sum + count, 0)
      return counts.length === workers && all === partitions && counts.every((n) => Math.abs(n - all / workers) <= 1.4)
    },
    { what: `${workers} workers to share ${partitions} partitions`, deadlineMs, everyMs: 200 },
  )

/** What was taken over for that reason and is not in `before`, once some of it had sessions. */
const failovers = (reason: string, before: ReadonlySet<string>) =>
  waitFor(
    async () => {
      const { data } = await operator.listFailovers({ limit: 200 })
      const found = data.filter((each) => each.reason === reason && !before.has(each.id))
      return found.some(({ sessions }) => sessions > 0) && found
    },
    { what: `a failover with reason ${reason}`, deadlineMs: 30_000, everyMs: 200 },
  )
const known = async () => new Set((await operator.listFailovers({ limit: 200 })).data.map(({ id }) => id))

async function expectNothingLost(world: World): Promise<void> {
  expect(await world.settled()).toEqual([])
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(world.sessions.length)
}

test('a worker that joins three others gets its share within a minute, and nothing is lost or reordered', async () => {
  await using world = await setUp(31, 10, 8)
  await Promise.all([stack.another('worker'), stack.another('worker')])
  await balanced(3)
  const traffic = world.workload.exchange(80, 2)
  const fourth = await stack.another('worker')
  await balanced(4)
  await traffic
  await expectNothingLost(world)
  const moves = await failovers('balanced', new Set())
  expect(moves.every(({ duration_ms }) => duration_ms !== null)).toBe(true)
  await fourth.stop()
  await balanced(3)
})

test('a worker that is drained by order gives everything away and waits; undrained, it gets its share again', async () => {
  await using world = await setUp(32, 10, 8)
  const before = await known()
  const [drained] = (await operator.listWorkers()).data.toSorted((a, b) => b.sessions - a.sessions)
  if (!drained) throw new Error('there is no worker')
  const traffic = world.workload.exchange(60, 2)
  await waitFor(() => world.workload.accepted.length >= 20, { deadlineMs: 60_000 })
  await operator.drainWorker(drained.id)
  const state = async () => (await operator.listWorkers()).data.find(({ id }) => id === drained.id)?.state
  await waitFor(async () => (await state()) === 'drained', { what: 'the drain', deadlineMs: 60_000, everyMs: 200 })
  await traffic
  await expectNothingLost(world)
  const drains = await failovers('drained', before)
  expect(drains.every(({ from, duration_ms }) => from === drained.id && duration_ms !== null)).toBe(true)

  await operator.undrainWorker(drained.id)
  await balanced(3)
})

test('the last worker that could take something is not drained: it says what it waits for, and goes on', async () => {
  await using world = await setUp(33, 4, 4)
  const { data } = await operator.listWorkers()
  for (const { id } of data) await operator.drainWorker(id)
  const waiting = () =>
    waitFor(async () => (await operator.listWorkers()).data.find(({ waiting_for }) => waiting_for !== null), {
      what: 'a drain that waits',
      deadlineMs: 30_000,
      everyMs: 200,
    })
  expect((await waiting()).waiting_for).toMatch(/another worker with room .* pool shared/)
  await world.workload.exchange(8)
  for (const { id } of data) await operator.undrainWorker(id)
  await balanced(3)
  await expectNothingLost(world)
})
