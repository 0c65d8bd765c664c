// Where what EVENTS still holds begins. An account that keeps messages for less than EVENTS does has its own beginning: the scheduler removes
// its older events (services/scheduler/src/retention/events.ts).
import { eventsOfTenant } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { TransactionSql } from 'postgres'

type Events = Pick<Broker, 'readSubject'>
export type Beginnings = { all: number; byTenant: ReadonlyMap<string, number> }

/** Of an account without any event left. */
const noneLeft = Number.MAX_SAFE_INTEGER

/** Undefined when EVENTS is empty. */
export async function readBeginnings(broker: Events, tx: TransactionSql): Promise<Beginnings | undefined> {
  const all = await firstSeq(broker, 'evt.>')
  if (all === undefined) return undefined
  const shortened = await tx<{ tenantId: string }[]>`
    select tenant_id as "tenantId" from public.retention where messages_before is not null`
  const byTenant = new Map<string, number>()
  for (const { tenantId } of shortened)
    byTenant.set(tenantId, (await firstSeq(broker, eventsOfTenant(tenantId))) ?? noneLeft)
  return { all, byTenant }
}

async function firstSeq(broker: Events, subject: string): Promise<number | undefined> {
  const stop = new AbortController()
  for await (const message of broker.readSubject('EVENTS', subject, { signal: stop.signal })) {
    stop.abort()
    return message.seq
  }
  return undefined
}
