// What a scenario plays with: hosts, a tenant with its world, seeded chance, and a note-book of what it broke when.
import type { Broker } from '@wagate/runtime/broker.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { seeded } from '@wagate/testing/workload.ts'
import { createWorld, type World } from '@wagate/testing/world.ts'
import { type Host, hostOf } from './host.ts'
import type { LogBook } from './log-book.ts'
import { type Reading, watchMachine } from './machine.ts'
import type { Away } from './measure.ts'
import type { Leg } from './scenario.ts'

/** Something broke; what these owners hosted has to be taken over. Owners are told by the beginning of their ids. */
export type Fault = { atMs: number; owners: string[] }

export type Scene = {
  leg: Leg
  seed: number
  /** Fewer sessions, less traffic: for `make test`. */
  small: boolean
  stack: TestStack
  broker: Broker
  book: LogBook
  /** In [0, 1), from the seed: the only source of chance in a scenario. */
  random(): number
  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number
  pick<Item>(items: readonly Item[]): Item
  /** One more worker, ready to host. Two engines unless told otherwise. */
  worker(environment?: Record<string, string>): Promise<Host>
  /** A tenant with linked sessions, on the workers that run. Once per scene. */
  world(size: { sessions: number; phones: number }): Promise<World>
  /** The world that was made, for helpers. */
  made(): World | undefined
  /** Runs when the hosts are gone, at the end of the scene. */
  atEnd(run: () => Promise<unknown>): void
  /** Notes that something breaks now (or broke at `atMs`): resends are explained by it, takeovers are timed from it. */
  broke(owners: readonly string[], atMs?: number): void
  /** Takeovers of sessions that are not in the world. */
  tookOver(away: readonly Away[]): void
  /** A figure or remark for the report. */
  fact(name: string, value: number | string): void
  /** Notes a broken promise of this scenario's own unless the condition holds. */
  expect(holds: boolean, promise: string): void
  /** Resolves when the session logs say that every session belongs to one of these hosts. */
  ownedBy(hosts: readonly Host[], deadlineMs?: number): Promise<void>
}

export type PlayedScene = Scene & {
  faults: Fault[]
  away: Away[]
  machine: readonly Reading[]
  facts: Record<string, number | string>
  broken: string[]
} & AsyncDisposable

export type Setting = Pick<Scene, 'leg' | 'seed' | 'small' | 'stack' | 'broker' | 'book'>

export function createScene(setting: Setting): PlayedScene {
  const { leg, seed, small, stack, broker, book } = setting
  const random = seeded(seed)
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const hosts: Host[] = []
  const faults: Fault[] = []
  const away: Away[] = []
  const machine = watchMachine(() => stack.pids())
  const facts: Record<string, number | string> = {}
  const broken: string[] = []
  const endings: (() => Promise<unknown>)[] = []
  let world: World | undefined

  return {
    leg,
    seed,
    small,
    stack,
    broker,
    book,
    random,
    between,
    pick(items) {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new Error('there is nothing to pick from')
      return item
    },
    async worker(environment = {}) {
      const engines = environment.ENGINES ?? '2'
      const host = await hostOf(await stack.another('worker', { ...environment, ENGINES: engines }), Number(engines))
      hosts.push(host)
      return host
    },
    async world(size) {
      world = await createWorld(stack, { ...size, seed, readLog: () => book.messages() })
      return world
    },
    broke(owners, atMs = Date.now()) {
      faults.push({ atMs, owners: [...owners] })
      world?.interruptions.push({ atMs })
    },
    tookOver(others) {
      away.push(...others)
    },
    fact(name, value) {
      facts[name] = value
    },
    expect(holds, promise) {
      if (!holds) broken.push(promise)
    },
    async ownedBy(wanted, deadlineMs = 60_000) {
      if (!world) throw new Error('there are no sessions yet')
      const { tenant, sessions } = world
      const ids = sessions.map(({ sessionId }) => sessionId)
      const all = async () => {
        const owner = new Map((await book.claims(tenant.tenantId, ids)).map((claim) => [claim.sessionId, claim.owner]))
        return ids.every((id) => wanted.some(({ workerId }) => owner.get(id)?.startsWith(workerId)))
      }
      await waitFor(all, { what: 'the sessions to change hands', deadlineMs, everyMs: 250 })
    },
    faults,
    away,
    machine: machine.readings,
    facts,
    broken,
    made: () => world,
    atEnd(run) {
      endings.push(run)
    },
    async [Symbol.asyncDispose]() {
      machine[Symbol.dispose]()
      for (const host of hosts) host.signalAll('SIGCONT')
      if (world) {
        const { client } = world.tenant
        await Promise.allSettled(world.sessions.map(({ sessionId }) => client.deleteSession(sessionId)))
        await world[Symbol.asyncDispose]()
      }
      await Promise.all(hosts.map((host) => host.stop()))
      await Promise.all(endings.map((run) => run()))
    },
  }
}
