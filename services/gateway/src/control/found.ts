// A person opens an account of his own: within his limits, whatever else he opens or joins at the same moment.
import { member } from '@wagate/db/member.ts'
import { person } from '@wagate/db/person.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { mostMemberships } from './members.ts'

export type FoundDeps = {
  sql: Sql
  now: () => Date
  newId: (kind: IdKind) => string
  /** Both resolve when the mirror has it. */
  mirrorTenant: (tenantId: string) => Promise<unknown>
  mirrorMember: (tenantId: string, personId: string) => Promise<unknown>
}
/** `owns_most`: as many as one person may own; `full`: he belongs to too many accounts. */
export type Founded = { kind: 'done'; tenantId: string } | { kind: 'owns_most' } | { kind: 'full' }

/** A plan that costs nothing must not be had without end. */
export const mostOwned = 5

/** On the first plan, with the person as its owner. Throws `DatabaseUnavailable`. */
export const createFounding =
  ({ sql, now, newId, mirrorTenant, mirrorMember }: FoundDeps) =>
  async (name: string, personId: string): Promise<Founded> => {
    const database = drizzle(sql)
    const tenantId = newId('tenant')
    const at = now()
    const times = { createdAt: at, updatedAt: at }
    const outcome = await orUnavailable(async () =>
      database.transaction(async (tx) => {
        // One at a time per person, joining another account included: each sees what the one before it made.
        await tx.select({ id: person.id }).from(person).where(eq(person.id, personId)).for('update')
        const own = await tx
          .select({ role: member.role, operators: tenant.operators })
          .from(member)
          .innerJoin(tenant, eq(tenant.tenantId, member.tenantId))
          .where(eq(member.personId, personId))
        if (own.filter(({ role, operators }) => role === 'owner' && !operators).length >= mostOwned) return 'owns_most'
        if (own.length >= mostMemberships) return 'full'
        await tx.insert(tenant).values({ tenantId, name, ...times })
        await tx.insert(member).values({ tenantId, personId, role: 'owner', ...times })
        return 'done'
      }),
    )
    if (outcome !== 'done') return { kind: outcome }
    await mirrorTenant(tenantId)
    await mirrorMember(tenantId, personId)
    return { kind: 'done', tenantId }
  }
