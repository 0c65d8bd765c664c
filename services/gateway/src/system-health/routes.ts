import { adminQuery } from '@wagate/api/admin.ts'
import { systemHealth } from '@wagate/api/system-health.ts'
import type { Mount } from '../http/route.ts'
import { rememberFor } from '../streams/remember.ts'
import { looking, operatorTag as tag } from '../tenant/scopes.ts'
import type { Instances } from './instances.ts'
import { type MeasureHealthDeps, measureHealth } from './measure.ts'

export type SystemHealthDeps = MeasureHealthDeps & { instances: Instances }

const rememberedMs = 2_000

export function systemHealthRoutes(mount: Mount, deps: SystemHealthDeps): void {
  const measure = rememberFor(rememberedMs, deps.monotonicMs, () => measureHealth(deps))

  mount(
    {
      method: 'get',
      path: '/v1/admin/health',
      scope: looking,
      tag,
      summary: 'See how the installation fares',
      description:
        'Every process that was heard of in the last 30 seconds, whether broker, Postgres, object store and sandbox answer, and whether the database has the expected schema.',
      query: adminQuery,
      answers: { 200: { description: 'As of up to two seconds ago.', schema: systemHealth } },
    },
    async ({ json }) => json(200, await measure()),
  )
}
