// Session logs that are shortened while messages flow: whoever takes such a session over has nothing but the snapshot and the
// rest of the log. One stack that takes snapshots often.
import { enginePids } from '@wagate/testing/engines.ts'
import { readAppends } from '@wagate/testing/history/observe.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld, type World } from '@wagate/testing/world.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectAsOperator, type OperatorBroker } from './src/broker.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let broker: OperatorBroker

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack({ passedOn: { ENGINES: '2', SNAPSHOT_AFTER_RECORDS: '20' } })
  broker = await connectAsOperator(stack)
})
afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
const setUp = (seed: number) => createWorld(stack, { sessions: 3, phones: 5, seed, readLog })

/** Position of the first batch that is left of each session's log. */
async function beginnings(world: World): Promise<number[]> {
  const ids = world.sessions.map(({ sessionId }) => sessionId)
  const appends = await readAppends(readLog(), ids)
  return ids.map((id) => appends.find(({ sessionId }) => sessionId === id)?.position ?? 0)
}

/** Goes on until the log of every session has lost its beginning. */
async function exchangeUntilPurged(world: World): Promise<void> {
  await waitFor(
    async () => {
      await world.workload.exchange(12, 3)
      return (await beginnings(world)).every((position) => position > 1)
    },
    { what: 'every log to be purged behind its snapshots', everyMs: 1_000, deadlineMs: 120_000 },
  )
}

async function killEngines(world: World): Promise<void> {
  await waitFor(() => enginePids(stack.pid('worker')).length === 2, { deadlineMs: 30_000 })
  world.interruptions.push({ atMs: Date.now() })
  for (const pid of enginePids(stack.pid('worker'))) process.kill(pid, 'SIGKILL')
}

async function expectNothingLost(world: World): Promise<void> {
  expect(await world.settled(90_000)).toEqual([])
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(world.sessions.length)
}

test('sessions whose logs were purged are taken over after a kill, again and again, and go on', async () => {
  await using world = await setUp(1)
  for (let round = 0; round < 2; round++) {
    await exchangeUntilPurged(world)
    const traffic = world.workload.exchange(18, 3)
    await killEngines(world)
    await traffic
  }
  await expectNothingLost(world)
})

test('with the object store gone messages flow and logs only grow; once it is back they are shortened again', async () => {
  await using world = await setUp(2)
  await exchangeUntilPurged(world)
  await stack.stop('s3')
  const before = await beginnings(world)
  await world.workload.exchange(60, 3)
  await waitFor(() => world.isQuiet(), { what: 'messages to flow meanwhile', deadlineMs: 60_000 })
  expect(await beginnings(world)).toEqual(before)
  await stack.start()
  const shortened = async () => (await beginnings(world)).every((position, n) => position > (before[n] ?? 0))
  await waitFor(shortened, { what: 'the logs to be shortened again', everyMs: 1_000, deadlineMs: 120_000 })
  await expectNothingLost(world)
})
