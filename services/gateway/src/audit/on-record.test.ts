import { expect, test } from 'vitest'
import type { Caller } from '../access/authenticate.ts'
import { goOnRecord } from './on-record.ts'

const caller: Caller = {
  ...{ tenantId: 'ten_operators', mode: 'live', scopes: ['operator'] },
  actor: { kind: 'key', keyId: 'key_1' },
  tenant: {
    ...{ v: 1, tenantId: 'ten_operators', name: 'operators', status: 'active' },
    limits: { liveSessions: 0, sandboxSessions: 0, sandboxPhones: 0 },
    createdAt: '2026-11-20T10:00:00.000Z',
  },
}

test('what is done to a customer is in his log though the broker did not take the entry of the one who did it', async () => {
  const written: string[] = []
  const log = {
    ready: async () => {},
    record: async ({ tenantId }: { tenantId: string }) => {
      if (tenantId === caller.tenantId) throw new Error('the broker is away')
      written.push(tenantId)
    },
  }
  const onRecord = await goOnRecord(
    log,
    { method: 'post', path: '/v1/admin/tenants/{tenant_id}/suspend', audit: 'tenant.suspended' },
    {
      ...{ caller, requestId: 'req_1', params: {}, address: '10.0.0.1' },
      origin: { route: 'POST /v1/admin/tenants/ten_customer/suspend', idempotencyKey: undefined },
    },
  )
  onRecord.note({ doneTo: 'ten_customer' })
  await expect(onRecord.settle(new Response())).rejects.toThrow('the broker is away')
  expect(written).toEqual(['ten_customer'])
})
