// Tenants and keys as an operator makes them: in Postgres, and in the mirror that every gateway holds.
import { randomBytes } from 'node:crypto'
import { createControl } from '@wagate/gateway/control/manage.ts'
import { scopes } from '@wagate/messages/control.ts'
import { createIds } from '@wagate/messages/ids.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import type { AccessConfig } from './config.ts'

export type MadeKey = { tenantId: string; text: string }

const atOnce = 8

/** The keys are spread evenly over the tenants; each tenant's first comes first. */
export async function fill(
  { broker, sql }: { broker: Broker; sql: Sql },
  { tenants, keys }: Pick<AccessConfig, 'tenants' | 'keys'>,
): Promise<MadeKey[]> {
  const now = () => new Date()
  const newId = createIds({ now, randomBytes })
  const buckets = {
    tenants: await broker.kv('tenants'),
    apiKeys: await broker.kv('api_keys'),
    members: await broker.kv('members'),
    supportAccesses: await broker.kv('support_accesses'),
  }
  const control = createControl({ sql, ...buckets, now, newId, randomBytes })
  const terms = { plan: 'enterprise', overrides: {} } as const
  const tenantIds = await inTurns(tenants, async (n) => (await control.createTenant(`tenant ${n}`, terms)).tenantId)
  return inTurns(keys, async (n) => {
    const tenantId = tenantIds[n % tenants] ?? ''
    return { tenantId, text: (await control.keys.create({ tenantId, mode: 'test', scopes })).text }
  })
}

/** `make(0)` to `make(count - 1)`, a few at a time, in order. */
async function inTurns<Made>(count: number, make: (n: number) => Promise<Made>): Promise<Made[]> {
  const made: Made[] = []
  for (let from = 0; from < count; from += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, count - from) }, (_, n) => from + n)
    made.push(...(await Promise.all(numbers.map(make))))
  }
  return made
}
