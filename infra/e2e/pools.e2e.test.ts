// A session that moves to a dedicated pool and back: hosted by another process, without a new scan, and nothing is lost or
// reordered, though messages are accepted all the while.
import { startStack } from '@wagate/testing/stack.ts'
import { createOperator } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld } from '@wagate/testing/world.ts'
import { expect, test } from 'vitest'
import { connectAsOperator } from './src/broker.ts'
import { problemOf } from './src/problem.ts'

test('sessions under load move to a dedicated pool and back, and are hosted only there', async () => {
  await using stack = await startStack({ partitions: 8, passedOn: { ENGINES: '1' } })
  await using broker = await connectAsOperator(stack)
  const operator = await createOperator(stack)
  const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
  await using world = await createWorld(stack, { sessions: 4, phones: 4, seed: 41, readLog })
  const ids = world.sessions.map(({ sessionId }) => sessionId)
  expect(await problemOf(operator.moveSession(ids[0] ?? '', { pool: 'acme' }))).toMatchObject({
    code: 'pool-not-served',
  })

  await stack.another('worker', { POOLS: 'acme' })
  const hostedBy = async (pool: string) =>
    (await operator.listWorkers()).data
      .filter(({ pools }) => pools.includes(pool))
      .reduce((sum, w) => sum + w.sessions, 0)
  await waitFor(async () => (await operator.listWorkers()).data.length === 2, {
    what: 'the pool’s worker',
    deadlineMs: 30_000,
  })

  for (const pool of ['acme', 'shared']) {
    const traffic = world.workload.exchange(40, 2)
    await waitFor(() => world.workload.accepted.length % 40 >= 10, { deadlineMs: 60_000 })
    for (const id of ids) expect(await operator.moveSession(id, { pool })).toMatchObject({ session_id: id, pool })
    await waitFor(async () => (await hostedBy(pool)) === ids.length, {
      what: `the sessions to be hosted in ${pool}`,
      deadlineMs: 60_000,
      everyMs: 200,
    })
    await traffic
    expect(await world.settled()).toEqual([])
  }
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(ids.length)
  const rejected = await broker.lastMessage('DEAD_LETTERS', 'dlq.COMMANDS.*')
  expect(rejected?.subject).toBeUndefined()
})
