// The end of a person: everything that is his goes at once. What he did in accounts stays there, under an id that tells nobody who he was.
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import type { TransactionSql } from 'postgres'

export type PersonControlDeps = {
  sql: Sql
  /** Resolves when the mirror has it. */
  mirrorMember: (tenantId: string, personId: string) => Promise<unknown>
}
export type OwnedTenant = { tenantId: string; name: string }
export type PersonErasure =
  /** `ownerless`: accounts that nobody owns now. */
  | { kind: 'done'; email: string; name: string; tenantIds: string[]; ownerless: OwnedTenant[] }
  | { kind: 'last_owner'; tenants: OwnedTenant[] }
  | { kind: 'unknown' }
export type PersonControl = ReturnType<typeof createPersonControl>

/** Each function throws `DatabaseUnavailable`. */
export function createPersonControl({ sql, mirrorMember }: PersonControlDeps) {
  return {
    /** Accounts that nobody else owns, but for those that are going to be deleted anyway. */
    solelyOwned: (personId: string): Promise<OwnedTenant[]> => orUnavailable(() => solelyOwned(sql, personId)),

    /**
     * `leaving`: accounts stay without an owner if need be. Changes nothing unless the outcome is `done`; then the mirror has it too, or
     * the reconciler sees to that within a minute.
     */
    async erase(personId: string, { leaving = false } = {}): Promise<PersonErasure> {
      const outcome = await orUnavailable(() => sql.begin((tx) => eraseRows(tx, personId, leaving)))
      if (outcome.kind === 'done')
        await Promise.allSettled(outcome.tenantIds.map((tenantId) => mirrorMember(tenantId, personId)))
      return outcome
    },
  }
}

async function eraseRows(tx: TransactionSql, personId: string, leaving: boolean): Promise<PersonErasure> {
  // Whoever joins an account locks the person first, whoever changes its members locks the account: both wait here.
  const [row] = await tx<{ email: string; name: string }[]>`
    select email, name from person where person_id = ${personId} for update`
  if (!row) return { kind: 'unknown' }
  await tx`
    select from tenant where tenant_id in (select tenant_id from member where person_id = ${personId})
    order by tenant_id for update`
  const tenants = await solelyOwned(tx, personId)
  if (tenants.length > 0 && !leaving) return { kind: 'last_owner', tenants }
  const left = await tx<{ tenantId: string }[]>`
    delete from member where person_id = ${personId} returning tenant_id as "tenantId"`
  await tx`delete from invitation where email = ${row.email}`
  await tx`delete from verification where value = ${personId} or identifier = ${`change-email:${personId}`}`
  // Sign-ins, password and second factor go with it.
  await tx`delete from person where person_id = ${personId}`
  return { kind: 'done', ...row, tenantIds: left.map(({ tenantId }) => tenantId).toSorted(), ownerless: tenants }
}

const solelyOwned = (sql: Sql | TransactionSql, personId: string): Promise<OwnedTenant[]> => sql<OwnedTenant[]>`
  select tenant_id as "tenantId", name from tenant
  where deletes_at is null and erased_at is null
    and tenant_id in (select tenant_id from member where person_id = ${personId} and role = 'owner')
    and not exists (
      select from member where member.tenant_id = tenant.tenant_id and role = 'owner' and person_id <> ${personId})
  order by tenant_id`
