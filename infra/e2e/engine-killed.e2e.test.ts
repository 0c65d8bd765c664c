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

  // Twenty each way at a time, until there were 200 and every point was reached.
  for (let round = 0; round < 10 || deaths().length < faultPoints.length; round++) {
    expect(round, `engines that died: ${deaths().length}`).toBeLessThan(40)
    const before = deaths().length
    await world.workload.exchange(20)
    await waitFor(() => deaths().length > before || world.isQuiet(), { deadlineMs: 90_000, everyMs: 50 })
  }
  for (const { atMs } of deaths()) world.interruptions.push({ atMs })

  expect(await world.settled(), `seed ${seed}, points ${faultPoints}`).toEqual([])
  expect(
    deaths()
      .map(({ engineId, signal }) => `${engineId} ${signal}`)
      .toSorted(),
  ).toEqual(faultPoints.map((_, index) => `eng-${index + 1} SIGKILL`))
  expect(world.feed.events.filter(({ type }) => type === 'session.paired')).toHaveLength(world.sessions.length)
  const { appends } = await world.history()
  for (const { sessionId } of world.sessions) {
    const epochs = appends.filter((append) => append.sessionId === sessionId).map(({ epoch }) => epoch)
    expect(Math.max(...epochs), `owners of ${sessionId}`).toBeGreaterThan(1)
  }
})
