// Who belongs to which tenant: written to Postgres, which is the record, then to the KV mirror, by which requests are judged. A function
// resolves when the mirror has it; if that fails, the reconciler finishes the work.
import { member } from '@wagate/db/member.ts'
import { person } from '@wagate/db/person.ts'
import { tenant } from '@wagate/db/tenant.ts'
import { type MemberRecord, memberKey, type Role } from '@wagate/messages/control.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, asc, count, eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { Transaction } from '../postgres/in-tenant.ts'
import { bringUpToDate } from './records.ts'

export type MemberControlDeps = { sql: Sql; members: KvBucket; now: () => Date }
export type MemberRow = { personId: string; name: string; email: string; role: Role; twoFactor: boolean; since: Date }
export type Membership = {
  tenantId: string
  name: string
  status: 'active' | 'suspended'
  /** The operators' own account. */
  operators: boolean
  /** While it is suspended: since when, and why. */
  suspendedAt: Date | null
  suspendedReason: string | null
  role: Role
}
/** `last_owner`: a tenant has one at least. */
export type MemberChange = 'done' | 'unknown' | 'last_owner'
/** So many accounts a person may belong to: what he does with his sign-in is told to each of them. */
export const mostMemberships = 50
export type MemberControl = ReturnType<typeof createMemberControl>

export const memberRecordOf = (row: typeof member.$inferSelect): MemberRecord => ({
  ...{ v: 1, tenantId: row.tenantId, personId: row.personId, role: row.role, since: row.createdAt.toISOString() },
})

/** Each function throws `DatabaseUnavailable`. */
export function createMemberControl({ sql, members, now }: MemberControlDeps) {
  const database = drizzle(sql)
  const one = (tenantId: string, personId: string) => and(eq(member.tenantId, tenantId), eq(member.personId, personId))

  const mirrorMember = (tenantId: string, personId: string) =>
    bringUpToDate(members, memberKey(tenantId, personId), async () => {
      const [row] = await orUnavailable(async () => database.select().from(member).where(one(tenantId, personId)))
      return row && memberRecordOf(row)
    })

  /** One at a time per tenant, so that two owners who leave at once cannot both be the last but one. */
  async function changing(
    tenantId: string,
    personId: string,
    change: (tx: Transaction, role: Role) => Promise<MemberChange>,
  ): Promise<MemberChange> {
    const outcome = await orUnavailable(async () =>
      database.transaction(async (tx) => {
        await tx.select({ id: tenant.tenantId }).from(tenant).where(eq(tenant.tenantId, tenantId)).for('update')
        const [row] = await tx.select().from(member).where(one(tenantId, personId))
        return row ? change(tx, row.role) : 'unknown'
      }),
    )
    if (outcome === 'done') await mirrorMember(tenantId, personId)
    return outcome
  }

  async function isLastOwner(tx: Transaction, tenantId: string, role: Role): Promise<boolean> {
    if (role !== 'owner') return false
    const owners = and(eq(member.tenantId, tenantId), eq(member.role, 'owner'))
    const [row] = await tx.select({ owners: count() }).from(member).where(owners)
    return row?.owners === 1
  }

  return {
    mirrorMember,

    /** A repeat changes nothing, not even the role. `full`: the person belongs to too many accounts. */
    async add(tenantId: string, personId: string, role: Role): Promise<'done' | 'full'> {
      const at = now()
      const row = { tenantId, personId, role, createdAt: at, updatedAt: at }
      const outcome = await orUnavailable(async () =>
        database.transaction(async (tx) => {
          await tx.select({ id: person.id }).from(person).where(eq(person.id, personId)).for('update')
          const own = await tx.select({ id: member.tenantId }).from(member).where(eq(member.personId, personId))
          if (own.some(({ id }) => id === tenantId)) return 'done'
          if (own.length >= mostMemberships) return 'full'
          await tx.insert(member).values(row)
          return 'done'
        }),
      )
      if (outcome === 'done') await mirrorMember(tenantId, personId)
      return outcome
    },

    /** Who came first, first. */
    list: (tenantId: string): Promise<MemberRow[]> =>
      orUnavailable(async () =>
        database
          .select({
            ...{ personId: member.personId, name: person.name, email: person.email, role: member.role },
            ...{ twoFactor: person.twoFactorEnabled, since: member.createdAt },
          })
          .from(member)
          .innerJoin(person, eq(person.id, member.personId))
          .where(eq(member.tenantId, tenantId))
          .orderBy(asc(member.createdAt), asc(member.personId)),
      ),

    /** The tenants of a person. */
    tenantsOf: (personId: string): Promise<Membership[]> =>
      orUnavailable(async () =>
        database
          .select({
            ...{ tenantId: tenant.tenantId, name: tenant.name, status: tenant.status, operators: tenant.operators },
            role: member.role,
            ...{ suspendedAt: tenant.suspendedAt, suspendedReason: tenant.suspendedReason },
          })
          .from(member)
          .innerJoin(tenant, eq(tenant.tenantId, member.tenantId))
          .where(eq(member.personId, personId))
          .orderBy(asc(member.createdAt), asc(member.tenantId)),
      ),

    changeRole: (tenantId: string, personId: string, role: Role): Promise<MemberChange> =>
      changing(tenantId, personId, async (tx, old) => {
        if (role !== 'owner' && (await isLastOwner(tx, tenantId, old))) return 'last_owner'
        await tx.update(member).set({ role, updatedAt: now() }).where(one(tenantId, personId))
        return 'done'
      }),

    /** From then on no gateway lets the person in, but for the delay of the watch. */
    remove: (tenantId: string, personId: string): Promise<MemberChange> =>
      changing(tenantId, personId, async (tx, old) => {
        if (await isLastOwner(tx, tenantId, old)) return 'last_owner'
        await tx.delete(member).where(one(tenantId, personId))
        return 'done'
      }),

    /** `to` becomes an owner, `from` an admin. */
    async transfer(tenantId: string, from: string, to: string): Promise<MemberChange> {
      const outcome = await changing(tenantId, to, async (tx) => {
        const updatedAt = now()
        await tx.update(member).set({ role: 'owner', updatedAt }).where(one(tenantId, to))
        if (from !== to) await tx.update(member).set({ role: 'admin', updatedAt }).where(one(tenantId, from))
        return 'done'
      })
      if (outcome === 'done') await mirrorMember(tenantId, from)
      return outcome
    },
  }
}
