// A fleet through trouble: supervisors as they are assembled in production, with engines that only say what they do. Workers
// come, die, hang, are cut off, are drained by order or told to end.

import type { WorkerOrder } from '@wagate/messages/fleet.ts'
import { sharedPool } from '@wagate/messages/pools.ts'
import { sharedPartitions } from '@wagate/messages/subjects.ts'
import { leaseTtlMs } from '@wagate/runtime/lease.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import { leaseLimits } from '../../engine/lease-clock.ts'
import { assembleSupervisor } from '../../supervisor/assemble.ts'
import { isWorthMoving } from '../../supervisor/balance.ts'
import { brokerOf, createStores } from './broker.ts'
import { createEngine, type SimulatedEngine } from './engine.ts'
import { Machine } from './machine.ts'
import { calm, createNetwork } from './network.ts'
import { createRandom } from './random.ts'
import { createTime } from './time.ts'

export type FleetRun = { violations: string[]; moves: number; deaths: number }

const partitions = 12
const names = sharedPartitions(partitions)
const limits = leaseLimits(leaseTtlMs)
const stormMs = 90_000
/** Expiry of what the dead held, and then the moves until the shares are even: a tenth of the sessions at a time. */
const settleMs = 120_000
/** As long as nothing may move once it is balanced. */
const stillMs = 30_000

type Worker = {
  machine: Machine
  engines: SimulatedEngine[]
  state: 'active' | 'draining' | 'ending' | 'ended'
  end?: () => Promise<void>
}

const logger = silentLogger()

export async function runFleet(seed: number): Promise<FleetRun> {
  const random = createRandom(seed)
  const time = createTime()
  const network = createNetwork(time, random)
  const stores = createStores(time, random)
  const workers: Worker[] = []
  const violations = new Set<string>()
  const tally = { moves: 0, deaths: 0 }
  const hostOf = new Map<string, string>()

  function start(): void {
    const machine = new Machine(`wrk_${workers.length + 1}`, time, random)
    const worker: Worker = { machine, engines: [], state: 'active' }
    workers.push(worker)
    machine.run(() => void work(worker))
  }

  async function work(worker: Worker): Promise<void> {
    const { machine } = worker
    const after = (ms: number, run: () => void): void => void machine.after(ms, run)
    const supervisor = await assembleSupervisor({
      config: {
        ...{ workerId: machine.id, hostname: machine.id, partitions, leaseTtlMs, engines: 2, capacity: 1_000 },
        ...{ pools: [sharedPool], loginPace: { burst: 50, perSecond: 50 } },
      },
      version: 'simulated',
      broker: brokerOf(machine, network, stores),
      logger,
      metrics: createMetrics({ service: 'worker', processMetrics: false }),
      fork: (engineId) => {
        const engine = createEngine(`${machine.id} ${engineId}`, machine, random, limits)
        worker.engines.push(engine)
        return engine
      },
      clock: {
        now: () => machine.now(),
        monotonicMs: () => machine.monotonicMs(),
        random: random.next,
        after,
        every: (ms, run) => {
          let stopped = false
          const next = (): void =>
            after(ms(), () => {
              if (!stopped)
                void Promise.resolve(run())
                  .catch(() => {})
                  .then(next)
            })
          next()
          return {
            stop: () => {
              stopped = true
            },
          }
        },
        pause: (ms) => new Promise((resolve) => after(ms, resolve)),
      },
    })
    worker.end = supervisor.drain
  }

  const live = (): Worker[] => workers.filter(({ machine, state }) => machine.alive && state !== 'ended')

  function command({ machine }: Worker, desired: 'active' | 'drained'): void {
    const order: WorkerOrder = { v: 1, desired, at: machine.now().toISOString(), by: 'operator' }
    stores.bucket('worker_orders').put(machine.id, Buffer.from(JSON.stringify(order)))
  }

  function end(worker: Worker): void {
    if (!worker.end) return
    worker.state = 'ending'
    const ended = worker.end
    worker.machine.run(
      () =>
        void ended().then(() => {
          worker.state = 'ended'
          if (worker.engines.some((engine) => engine.alive()))
            violations.add(`${worker.machine.id} left engines behind`)
        }),
    )
  }

  function trouble(): void {
    const worker = random.pick(live())
    const ms = random.between(100, 40_000)
    if (!worker || (live().length < 6 && random.chance(0.25))) {
      start()
      return
    }
    tally.deaths += 1
    const engine = random.pick(worker.engines.filter((each) => each.alive()))
    const troubles: (() => void)[] = [
      () => worker.machine.die(),
      () => engine?.die(),
      () => engine?.hang(),
      () => worker.machine.stopFor(ms),
      () => worker.machine.cutOff('broker', ms),
      () => end(worker),
      () => turn(worker),
    ]
    random.pick(troubles)?.()
  }

  /** An operator drains it, or takes it back. */
  function turn(worker: Worker): void {
    if (worker.state !== 'active' && worker.state !== 'draining') return
    const desired = worker.state === 'active' ? 'drained' : 'active'
    command(worker, desired)
    worker.state = desired === 'active' ? 'active' : 'draining'
  }

  function check(): void {
    const hosts = new Map<string, string[]>()
    for (const { engines } of workers)
      for (const engine of engines)
        for (const name of engine.hosts()) hosts.set(name, [...(hosts.get(name) ?? []), engine.id])
    for (const [partition, ids] of hosts) {
      if (ids.length > 1) violations.add(`${partition} was hosted by ${ids.join(' and ')} at once`)
      if (ids[0] !== hostOf.get(partition)) tally.moves += 1
      hostOf.set(partition, ids[0] ?? '')
    }
  }

  async function goOn(ms: number, during: () => void = () => {}): Promise<void> {
    const untilMs = time.nowMs() + ms
    while (time.nowMs() < untilMs) {
      during()
      await time.runUntil(time.nowMs() + 250)
      check()
    }
  }

  for (let n = random.between(1, 4); n > 0; n--) start()
  await goOn(random.between(5_000, 40_000))
  network.setWeather(random.chance(0.5) ? calm : { lostRequest: 0.02, lostAnswer: 0.05, late: 0.03, twice: 0.02 })
  let troubleAtMs = 0
  await goOn(stormMs, () => {
    if (time.nowMs() < troubleAtMs) return
    trouble()
    troubleAtMs = time.nowMs() + random.between(1_000, 15_000)
  })

  network.setWeather(calm)
  for (const { machine } of workers) machine.heal()
  if (!live().some(({ state }) => state === 'active')) start()
  await goOn(settleMs)

  const active = live().filter(({ state }) => state === 'active')
  const hosted = (worker: Worker): string[] => worker.engines.flatMap((engine) => engine.hosts())
  const found = new Map(active.flatMap((worker) => hosted(worker).map((name) => [name, worker.machine.id] as const)))
  for (const name of names) if (!found.has(name)) violations.add(`${name} is hosted by no active worker`)
  for (const worker of workers.filter(({ state }) => state !== 'active')) {
    if (hosted(worker).length > 0) violations.add(`${worker.machine.id} is ${worker.state} and hosts ${hosted(worker)}`)
    if (worker.state === 'ending' && worker.machine.alive) violations.add(`${worker.machine.id} did not end`)
  }
  const view = {
    partitions: names,
    workers: active.map(({ machine }) => ({ workerId: machine.id, capacity: 1_000 })),
    holders: found,
  }
  for (const one of view.workers)
    for (const other of view.workers)
      if (one !== other && isWorthMoving(view, one.workerId, other.workerId))
        violations.add(`${one.workerId} has more than its share of what ${other.workerId} should have`)
  const { moves } = tally
  await goOn(stillMs)
  if (tally.moves > moves) violations.add(`${tally.moves - moves} partitions moved though all was balanced`)
  return { violations: [...violations], ...tally }
}
