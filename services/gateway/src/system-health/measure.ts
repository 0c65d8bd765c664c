// One look at the installation: who runs, and what answers.
import { type Dependency, type DependencyHealth, dependencies, type SystemHealth } from '@wagate/api/system-health.ts'
import { type InstanceRecord, serviceNames } from '@wagate/messages/instance.ts'
import type { Migrations } from './migrations.ts'

export type Probes = Record<Dependency, () => Promise<unknown>>
export type MeasureHealthDeps = {
  instances: { list(): InstanceRecord[] }
  /** One small request each; rejects when there is no answer. */
  probes: Probes
  migrations: Migrations
  now: () => Date
  monotonicMs: () => number
}

/** What does not answer within this is down for whoever waits. */
const answerWithinMs = 2_000
const maxShown = 200

export async function measureHealth(deps: MeasureHealthDeps): Promise<SystemHealth> {
  const [answers, applied] = await Promise.all([
    Promise.all(dependencies.map((name) => probe(deps, name))),
    within(deps.migrations.applied()).catch(() => undefined),
  ])
  const services = servicesOf(deps.instances.list())
  const { expected } = deps.migrations
  const current = applied === undefined ? null : applied.at === expected.at
  const isWell = answers.every(({ up }) => up) && services.every(({ ready }) => ready > 0) && current !== false
  return {
    status: isWell ? 'ok' : 'degraded',
    measured_at: deps.now().toISOString(),
    services,
    dependencies: answers,
    migrations: { expected: expected.name, applied: applied?.count ?? null, current },
  }
}

async function probe({ probes, monotonicMs }: MeasureHealthDeps, name: Dependency): Promise<DependencyHealth> {
  const startedAt = monotonicMs()
  try {
    await within(probes[name]())
    return { name, up: true, latency_ms: Math.round((monotonicMs() - startedAt) * 10) / 10 }
  } catch {
    return { name, up: false, latency_ms: null }
  }
}

async function within<Value>(answer: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer')), answerWithinMs)
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

/** Those that there must be, and any other that says that it runs. */
function servicesOf(records: readonly InstanceRecord[]): SystemHealth['services'] {
  const names = new Set<string>([...serviceNames, ...records.map(({ service }) => service)])
  return [...names].map((service) => {
    const own = records.filter((record) => record.service === service)
    return {
      service,
      ready: own.filter(({ state }) => state === 'ready').length,
      instances: own
        .toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
        .slice(0, maxShown)
        .map((record) => ({
          ...{ id: record.instanceId, host: record.host, version: record.version, state: record.state },
          waiting_for: record.waitingFor,
          started_at: record.startedAt,
          last_seen_at: record.at,
        })),
    }
  })
}
