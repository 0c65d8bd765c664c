import { adminQuery } from '@wagate/api/admin.ts'
import { streamStates } from '@wagate/api/stream-state.ts'
import type { Mount } from '../http/route.ts'
import { looking, operatorTag as tag } from '../tenant/scopes.ts'
import { type MeasureDeps, measureStreams } from './measure.ts'
import { rememberFor } from './remember.ts'

export type StreamStateDeps = MeasureDeps & { monotonicMs: () => number }

/** However many dashboards are open, the broker is asked this often by each gateway at most. */
const rememberedMs = 2_000

export function streamStateRoutes(mount: Mount, deps: StreamStateDeps): void {
  const measure = rememberFor(rememberedMs, deps.monotonicMs, () => measureStreams(deps))

  mount(
    {
      method: 'get',
      path: '/v1/admin/streams',
      scope: looking,
      tag,
      summary: 'See streams, consumers and lag',
      description:
        'What each stream and bucket of the broker holds, and how far those who read it have come. A partition’s lag also counts what waits for its session, such as a full outbox.',
      query: adminQuery,
      answers: { 200: { description: 'As of up to two seconds ago.', schema: streamStates } },
    },
    async ({ json }) => json(200, await measure()),
  )
}
