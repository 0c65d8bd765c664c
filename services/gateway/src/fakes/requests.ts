import type { LoggedRequest } from '@wagate/api/request-log.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { RequestStore } from '../request-log/store.ts'
import { pageOf } from './stores.ts'

type Kept = LoggedRequest & { tenantId: string; mode: Mode }

/** A log that holds what a test adds. */
export function fakeRequests(): RequestStore & { add: (tenantId: string, mode: Mode, id: string) => string } {
  const kept: Kept[] = []
  const shown = ({ tenantId: _, mode: __, ...request }: Kept): LoggedRequest => request
  const of = (tenantId: string, mode: Mode) => kept.filter((one) => one.tenantId === tenantId && one.mode === mode)
  return {
    add(tenantId, mode, id) {
      kept.push({ ...aRequest, tenantId, mode, id })
      return id
    },
    list: async (tenantId, mode, _filter, page) => pageOf(of(tenantId, mode).map(shown), page),
    find: async (tenantId, mode, id) =>
      of(tenantId, mode)
        .map(shown)
        .find((one) => one.id === id),
  }
}

const aRequest: LoggedRequest = {
  id: '',
  at: '2026-11-20T10:00:00.000Z',
  method: 'GET',
  route: '/v1/sessions',
  path: '/v1/sessions',
  status: 200,
  problem: null,
  actor: { kind: 'key', id: 'Ab12Cd34' },
  duration_ms: 1.5,
  address: '203.0.113.0/24',
  user_agent: 'curl/8.0',
}
