// What operators see of the installation, opened together.
import { join } from 'node:path'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Service } from '@wagate/runtime/run-service.ts'
import { watchInstances } from './instances.ts'
import { readMigrations } from './migrations.ts'
import { createProbes, type ProbeDeps } from './probes.ts'
import type { SystemHealthDeps } from './routes.ts'

export type OpenSystemHealthDeps = ProbeDeps & {
  broker: Pick<Broker, 'kv'>
  service: Pick<Service, 'onStop'>
  /** Where the repository lies. */
  repository: string
}

export async function openSystemHealth(
  deps: OpenSystemHealthDeps,
): Promise<Pick<SystemHealthDeps, 'instances' | 'probes' | 'migrations'>> {
  const instances = await watchInstances(await deps.broker.kv('instances'), () => performance.now())
  deps.service.onStop('instances', () => instances.stop())
  const journal = join(deps.repository, 'schemas/db/migrations/meta/_journal.json')
  return { instances, probes: createProbes(deps), migrations: await readMigrations(deps.sql, journal) }
}
