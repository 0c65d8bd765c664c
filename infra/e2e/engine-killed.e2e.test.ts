import { engineDeaths } from '@wagate/testing/engines.ts'
import { startStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createWorld } from '@wagate/testing/world.ts'
import { expect, test } from 'vitest'
import { connectAsOperator } from './src/broker.ts'

/**
 * Each engine that starts takes the next point, and the n-th time that it gets there it is killed with SIGKILL. `queued`: the
 * command is in the log and not acknowledged. `intent`: so is the ratchet, and no frame has left. `frame`: it has left and
 * WhatsApp's acknowledgement is not in the log. `inbound`: a message is in the log and not receipted. `relayed`: an event
 * is published, and the log does not say so.
 */
const faultPoints = ['queued@4', 'intent@4', 'frame@6', 'inbound@6', 'relayed@25']
const seed = 20261120

test('engines killed at each step of sending and receiving lose nothing, double nothing and need no new scan', async () => {
  await using stack = await startStack({ passedOn: { ENGINES: '2', FAULT_POINTS: [...faultPoints, 'none'].join(',') } })
  await using broker = await connectAsOperator(stack)
  const readLog = () => broker.readSubject('SESSION_LOG', 'wal.>')
  await using world = await createWorld(stack, { sessions: 10, phones: 20, seed, readLog })
  const deaths = () => engineDeaths(stack.log('worker', 100_000))

  // Messages flow until the last point is reached, and until there were 200 each way.
  while (deaths().length < faultPoints.length || world.workload.accepted.length < 200) {
    await world.workload.exchange(20)
    expect(world.workload.accepted.length, `engines that died: ${deaths().length}`).toBeLessThan(2_000)
  }
  for (const { atMs } of deaths()) world.interruptions.push({ atMs })

  expect(await world.settled(), `seed ${seed}, points ${faultPoints}`).toEqual([])
  expect(deaths().map(({ signal }) => signal)).toEqual(faultPoints.map(() => 'SIGKILL'))
  const scans = world.feed.events.filter(({ type }) => type === 'session.paired')
  expect(scans).toHaveLength(world.sessions.length)
  const { appends } = await world.history()
  for (const { sessionId } of world.sessions) {
    const epochs = appends.filter((append) => append.sessionId === sessionId).map(({ epoch }) => epoch)
    expect(Math.max(...epochs), `owners of ${sessionId}`).toBeGreaterThan(1)
  }
  await waitFor(async () =>
    (await world.tenant.client.listSessions()).data.every(({ status }) => status === 'connected'),
  )
})
