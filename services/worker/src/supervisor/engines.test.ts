import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { Order } from '../ipc.ts'
import { createEngines, type EngineProcess } from './engines.ts'

/** An engine process as its supervisor sees it. */
class FakeProcess extends EventEmitter implements EngineProcess {
  connected = true
  readonly orders: Order[] = []
  broken = false
  send(order: Order, done: (error: Error | null) => void): void {
    if (this.broken) done(new Error('write EPIPE'))
    else this.orders.push(order)
  }
  kill(): void {
    this.emit('exit', null, 'SIGKILL')
  }
  ready(): void {
    this.emit('message', { type: 'ready' })
  }
  assigned(): string[] {
    return this.orders.flatMap((order) => (order.type === 'assign' ? order.partitions : []))
  }
}

function setUp(count: number) {
  const processes: FakeProcess[] = []
  const timers: (() => void)[] = []
  const held = ['s0', 's1', 's2', 's3']
  let nowMs = 0
  const engines = createEngines(
    {
      fork: () => {
        const process = new FakeProcess()
        processes.push(process)
        return process
      },
      monotonicMs: () => nowMs,
      after: (_, run) => timers.push(run),
      hostedUntilMs: () => undefined,
      renewedAtMs: () => nowMs,
      hungAfterMs: 10_000,
      onRevoked: () => {},
      onArrived: () => {},
      onDied: () => {},
      onLogin: () => {},
      onGone: () => {},
      onCapacity: () => engines?.place(held),
      log: () => {},
    },
    count,
  )
  return {
    engines,
    processes,
    timers,
    held,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}

test('at the start the partitions wait for every engine, and are shared', () => {
  const { processes } = setUp(2)
  processes[0]?.ready()
  expect(processes[0]?.assigned()).toEqual([])
  processes[1]?.ready()
  expect(processes.map((process) => process.assigned().length)).toEqual([2, 2])
})

test('an engine that does not come up does not hold up the others for long', () => {
  const { processes, engines, held, advance } = setUp(2)
  processes[0]?.ready()
  advance(10_000)
  engines.place(held)
  expect(processes[0]?.assigned()).toEqual(held)
})

test("a dead engine's partitions go to its sibling at once, and a new engine is started", () => {
  const { processes } = setUp(2)
  for (const process of [...processes]) process.ready()
  processes[0]?.kill()
  expect(processes[1]?.assigned().toSorted()).toEqual(['s0', 's1', 's2', 's3'])
  expect(processes).toHaveLength(3)
})

test('when both die at once, nothing is lost on the one whose end is not known yet', () => {
  const { processes, engines, held } = setUp(2)
  for (const process of [...processes]) process.ready()
  const [one, two] = processes
  if (two) two.broken = true
  one?.kill()
  two?.kill()
  for (const process of processes.slice(2)) process.ready()
  engines.place(held)
  const hosted = processes.slice(2).flatMap((process) => process.assigned())
  expect(hosted.toSorted()).toEqual(held)
})

test('an engine that dies before it is ready is started again later, not at once', () => {
  const { processes, timers } = setUp(1)
  processes[0]?.kill()
  expect(processes).toHaveLength(1)
  for (const run of timers) run()
  expect(processes).toHaveLength(2)
})

test('a partition is placed again only when its engine has let go of it', () => {
  const { processes, engines, held } = setUp(2)
  for (const process of [...processes]) process.ready()
  const [one, two] = processes
  const moving = one?.assigned()[0] ?? ''
  engines.revoke(moving)
  engines.place(held)
  expect(two?.assigned()).not.toContain(moving)
  one?.emit('message', { type: 'revoked', partitions: [moving] })
  expect([...(one?.assigned() ?? []), ...(two?.assigned() ?? [])].filter((name) => name === moving)).toHaveLength(2)
})

test('an engine that is silent for ten seconds is killed', () => {
  const { processes, engines, advance } = setUp(1)
  processes[0]?.ready()
  advance(9_999)
  engines.killHung()
  expect(processes).toHaveLength(1)
  advance(1)
  engines.killHung()
  expect(processes).toHaveLength(2)
})

test('after the restart of a dead engine, partitions move to it one at a time', () => {
  const { processes, engines, held } = setUp(2)
  for (let n = 4; n < 12; n++) held.push(`s${n}`)
  for (const process of [...processes]) process.ready()
  processes[0]?.kill()
  processes[2]?.ready()
  engines.rebalance()
  engines.rebalance()
  const revoked = () => processes[1]?.orders.flatMap((order) => (order.type === 'revoke' ? order.partitions : [])) ?? []
  expect(revoked()).toHaveLength(1)
  processes[1]?.emit('message', { type: 'revoked', partitions: revoked() })
  expect(processes[2]?.assigned()).toEqual(revoked())
  engines.rebalance()
  expect(revoked()).toHaveLength(2)
})
