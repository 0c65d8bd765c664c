// Everything is up, and one process of each service runs.
import { serviceNames } from '@wagate/messages/instance.ts'
import type { AnalyticsDeps } from '../analytics/routes.ts'
import { createNotices, type Notices } from '../operator-events/notices.ts'
import type { SystemHealthDeps } from '../system-health/routes.ts'

export const fakeSystem = (): Pick<SystemHealthDeps, 'instances' | 'probes' | 'migrations'> &
  Pick<AnalyticsDeps, 'analytics'> & { notices: Notices } => ({
  notices: createNotices(1),
  analytics: { read: async () => [] },
  instances: {
    list: () =>
      serviceNames.map((service) => ({
        ...{
          v: 1,
          instanceId: `${service}_1`,
          service,
          host: 'node-a',
          version: '0.1.0',
          state: 'ready',
          waitingFor: [],
        },
        ...{ startedAt: '2026-11-20T10:00:00.000Z', at: '2026-11-20T11:00:00.000Z' },
      })),
    onChange: () => () => {},
    stop: async () => {},
  },
  probes: { broker: async () => {}, postgres: async () => {}, object_store: async () => {}, sandbox: async () => {} },
  migrations: { expected: { at: 2, name: 'second' }, applied: async () => ({ at: 2, count: 2 }) },
})
