import { type ChildProcess, spawn } from 'node:child_process'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { createEngines } from './engines.ts'

/** Says that it is ready, and then that it has revoked whatever it was assigned. */
const program = `
  process.on('message', ({ type, partitions }) => type === 'assign' && process.send({ type: 'revoked', partitions }))
  process.send({ type: 'ready' })`

function setUp() {
  const processes: ChildProcess[] = []
  const died: unknown[] = []
  const engines = createEngines(
    {
      fork: () => {
        const process = spawn(globalThis.process.execPath, ['-e', program], {
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        })
        processes.push(process)
        return process
      },
      monotonicMs: () => performance.now(),
      after: (ms, run) => void setTimeout(run, ms).unref(),
      hostedUntilMs: () => undefined,
      renewedAtMs: () => undefined,
      hungAfterMs: 10_000,
      onRevoked: () => {},
      onArrived: () => {},
      onDied: () => {},
      onLogin: () => {},
      onGone: () => {},
      onCapacity: () => {},
      log: (event, fields) => died.push([event, fields.engineId]),
    },
    2,
  )
  return { engines, processes, died, [Symbol.dispose]: () => engines.kill() }
}

const sleepWithoutEvents = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

test('orders to engines that have died unnoticed do no harm, and others take their place', async () => {
  using world = setUp()
  const { engines, processes, died } = world
  await waitFor(() => engines.ready().length === 2, { what: 'both engines' })
  for (const process of processes) process.kill('SIGKILL')
  sleepWithoutEvents(300) // they are dead now, and nobody could have told us
  engines.place(['s0', 's1', 's2'])
  engines.renewed({ s0: 1 })
  engines.revoke('s1')
  await waitFor(() => died.length === 2 && engines.ready().length === 2, { what: 'their replacements' })
  expect(died).toEqual([
    ['engine.died', 'eng-1'],
    ['engine.died', 'eng-2'],
  ])
  expect(engines.restarts()).toBe(2)
})

test('draining ends when an engine dies unnoticed instead of answering', async () => {
  using world = setUp()
  const { engines, processes } = world
  await waitFor(() => engines.ready().length === 2, { what: 'both engines' })
  for (const process of processes) process.kill('SIGKILL')
  sleepWithoutEvents(300)
  await engines.drain()
  expect(engines.ready()).toEqual([])
})
