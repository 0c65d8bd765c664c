// What operators see of the installation, opened together.
import { join } from 'node:path'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Service } from '@wagate/runtime/run-service.ts'
import { createNotices, type Notices } from '../operator-events/notices.ts'
import { feedNotices, type SourceDeps } from '../operator-events/sources.ts'
import { watchInstances } from './instances.ts'
import { readMigrations } from './migrations.ts'
import { createProbes, type ProbeDeps } from './probes.ts'
import type { SystemHealthDeps } from './routes.ts'

export type OpenSystemHealthDeps = ProbeDeps &
  Pick<SourceDeps, 'fleet'> & {
    broker: Pick<Broker, 'kv'>
    /** In memory, of which operators are told. */
    watched: Pick<SourceDeps, 'tenants' | 'supportAccesses'>
    service: Pick<Service, 'onStop'>
    /** Where the repository lies. */
    repository: string
  }

export async function openSystemHealth(
  deps: OpenSystemHealthDeps,
): Promise<Pick<SystemHealthDeps, 'instances' | 'probes' | 'migrations'> & { notices: Notices }> {
  const instances = await watchInstances(await deps.broker.kv('instances'), () => performance.now())
  deps.service.onStop('instances', () => instances.stop())
  const journal = join(deps.repository, 'schemas/db/migrations/meta/_journal.json')
  const notices = createNotices(1_000)
  const { fleet, broker, watched } = deps
  deps.service.onStop('notices', feedNotices(notices, { fleet, instances, broker, ...watched, lookEveryMs: 2_000 }))
  return { notices, instances, probes: createProbes(deps), migrations: await readMigrations(deps.sql, journal) }
}
