// Workers that share partitions by lease, through trouble. The leases are the real ones; what acts under them is left out: a
// partition may be acted for as long as its deadline says so.
import { sharedPartitions } from '@wagate/messages/subjects.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { leaseTtlMs } from '@wagate/runtime/lease.ts'
import { leaseLimits, leaseStanding } from '../../engine/lease-clock.ts'
import { createLeases, type Leases } from '../../supervisor/leases.ts'
import { preferredOwner } from '../../supervisor/placement.ts'
import { brokerOf, createStores } from './broker.ts'
import { Machine } from './machine.ts'
import { calm, createNetwork, type Weather } from './network.ts'
import { createRandom } from './random.ts'
import { createTime } from './time.ts'

export type LeaseParts = {
  /** A worker's way to the bucket. */
  kv: (real: KvBucket, rawPut: KvBucket['put']) => KvBucket
  /** The deadline that a worker obeys. */
  limits: ReturnType<typeof leaseLimits>
  /** How far a worker's clock may run fast or slow, as a part of the whole. */
  clockSkew: number
}

export type LeasesRun = { violations: string[]; claims: number; losses: number }

const partitions = sharedPartitions(4)
const limits = leaseLimits(leaseTtlMs)
const stormMs = 120_000
/** Expiry, a scan, and the time that a preferred owner is given. */
const settleMs = 40_000

type Worker = { machine: Machine; leases: Leases | undefined }

export async function runLeases(seed: number, broken: Partial<LeaseParts> = {}): Promise<LeasesRun> {
  const parts: LeaseParts = { kv: (real) => real, limits, clockSkew: 0.05, ...broken }
  const random = createRandom(seed)
  const time = createTime()
  const network = createNetwork(time, random)
  const stores = createStores(time, random)
  const workers: Worker[] = []
  const violations: string[] = []
  const tally = { claims: 0, losses: 0 }

  function start(): void {
    const machine = new Machine(`w${workers.length + 1}`, time, random, parts.clockSkew)
    const worker: Worker = { machine, leases: undefined }
    workers.push(worker)
    machine.run(() => void work(worker))
  }

  async function work(worker: Worker): Promise<void> {
    const { machine } = worker
    const bucket = await brokerOf(machine, network, stores).kv('leases')
    const leases = createLeases({
      kv: parts.kv(bucket, bucket.put),
      owner: machine.id,
      host: machine.id,
      now: () => machine.now(),
      monotonicMs: () => machine.monotonicMs(),
      ttlMs: leaseTtlMs,
      onLost: () => {
        tally.losses += 1
      },
    })
    worker.leases = leases
    await leases.watch()
    const every = (ms: () => number, run: () => Promise<void>): void => {
      machine.after(ms(), () => void run().finally(() => every(ms, run)))
    }
    every(
      () => leaseTtlMs * 0.2 * (0.8 + 0.4 * random.next()),
      async () => void (await leases.renewAll()),
    )
    every(() => leaseTtlMs * 0.05, scan(worker, leases))
  }

  const scan = (worker: Worker, leases: Leases) => {
    const freeSince = new Map<string, number>()
    return async (): Promise<void> => {
      const live = workers.filter(({ machine }) => machine.alive)
      const candidates = live.map(({ machine }) => ({ workerId: machine.id, capacity: 1 }))
      const nowMs = worker.machine.monotonicMs()
      const claims = partitions.filter((partition) => {
        if (!leases.isFree(partition)) return freeSince.delete(partition) && false
        const since = freeSince.get(partition) ?? nowMs
        freeSince.set(partition, since)
        return nowMs - since > 3_000 || preferredOwner(partition, candidates) === worker.machine.id
      })
      tally.claims += claims.length
      await Promise.all(claims.map((partition) => leases.claim(partition)))
    }
  }

  const mayAct = ({ machine, leases }: Worker, partition: string): boolean => {
    const renewedAtMs = machine.alive ? leases?.renewedAtMs(partition) : undefined
    return renewedAtMs !== undefined && leaseStanding(renewedAtMs, machine.monotonicMs(), parts.limits) !== 'close'
  }

  function check(): void {
    for (const partition of partitions) {
      const holders = workers.filter((worker) => mayAct(worker, partition)).map(({ machine }) => machine.id)
      if (holders.length > 1) violations.push(`${partition} was held by ${holders.join(' and ')} at once`)
    }
  }

  function trouble(): void {
    const { machine } = random.pick(workers.filter((worker) => worker.machine.alive)) ?? {}
    const ms = random.between(100, 40_000)
    if (!machine || random.chance(0.15)) start()
    else if (random.chance(0.2)) machine.dieBefore(random.between(1, 20))
    else if (random.chance(0.4)) machine.stopFor(ms)
    else if (random.chance(0.7)) machine.cutOff('broker', ms)
    else network.outage(ms / 3)
  }

  const rate = (most: number): number => (random.chance(0.3) ? 0 : random.next() * most)
  const weather: Weather = { lostRequest: rate(0.1), lostAnswer: rate(0.2), late: rate(0.1), twice: rate(0.05) }
  network.setWeather(weather)
  for (let n = 0; n < 3; n++) start()
  let troubleAtMs = 0
  while (time.nowMs() < stormMs) {
    if (time.nowMs() >= troubleAtMs) {
      trouble()
      troubleAtMs = time.nowMs() + random.between(1_000, 20_000)
    }
    await time.runUntil(time.nowMs() + 250)
    check()
  }

  network.setWeather(calm)
  for (const { machine } of workers) machine.heal()
  start()
  await time.runUntil(time.nowMs() + settleMs)
  check()
  for (const partition of partitions) {
    if (!workers.some((worker) => mayAct(worker, partition))) violations.push(`${partition} stayed without an owner`)
  }
  return { violations: [...new Set(violations)], ...tally }
}
