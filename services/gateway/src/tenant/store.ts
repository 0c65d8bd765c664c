// What the operator's routes read of the accounts. One query per page, whatever it holds: these tables know no tenant of a request, and
// what lies under row-level security is read of one account at a time.
import { job } from '@wagate/db/job.ts'
import { member } from '@wagate/db/member.ts'
import { person } from '@wagate/db/person.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { PlanName } from '@wagate/messages/plans.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, asc, desc, eq, isNotNull, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import type { JobRow } from '../job/store.ts'
import { createInTenant } from '../postgres/in-tenant.ts'

export type TenantRow = typeof tenant.$inferSelect & { members: number }
export type Owner = { id: string; name: string; email: string; twoFactor: boolean }
export type TenantFilter = {
  status?: 'active' | 'suspended' | 'deleting' | undefined
  plan?: PlanName | undefined
  requested?: boolean | undefined
  /** A part of the name, or how the id begins. */
  text?: string | undefined
  /** Of an owner, in lower case. */
  ownerEmail?: string | undefined
}
export type TenantStore = ReturnType<typeof createTenantStore>

/** Neither what was erased nor the operators' own account is a customer. */
const isCustomer = and(isNull(tenant.erasedAt), eq(tenant.operators, false))
// Drizzle leaves the table's name out of columns where a query has one table; inside of a subquery that would be another column.
const own = sql`${tenant}."tenant_id"`
const members = sql<number>`(select count(*)::int from ${member} m where m.tenant_id = ${own})`
const columns = { row: tenant, members }

/** Each function throws `DatabaseUnavailable`. */
export function createTenantStore(connection: Sql) {
  const database = drizzle(connection)
  const inTenant = createInTenant(connection, 4_000)

  return {
    /** At most `limit`, the newest first: ids sort by time. */
    page: (filter: TenantFilter, before: string | undefined, limit: number): Promise<TenantRow[]> =>
      orUnavailable(async () => {
        const found = await database
          .select(columns)
          .from(tenant)
          .where(and(isCustomer, matching(filter), before === undefined ? undefined : lt(tenant.tenantId, before)))
          .orderBy(desc(tenant.tenantId))
          .limit(limit)
        return found.map(({ row, members }) => ({ ...row, members }))
      }),

    find: (tenantId: string): Promise<TenantRow | undefined> =>
      orUnavailable(async () => {
        const [found] = await database
          .select(columns)
          .from(tenant)
          .where(and(isCustomer, eq(tenant.tenantId, tenantId)))
        return found && { ...found.row, members: found.members }
      }),

    owners: (tenantId: string): Promise<Owner[]> =>
      orUnavailable(async () =>
        database
          .select({ id: person.id, name: person.name, email: person.email, twoFactor: person.twoFactorEnabled })
          .from(member)
          .innerJoin(person, eq(person.id, member.personId))
          .where(and(eq(member.tenantId, tenantId), eq(member.role, 'owner')))
          .orderBy(asc(member.createdAt), asc(person.id)),
      ),

    /** Work that somebody asked for and that is not over: the newest 50. */
    openJobs: (tenantId: string): Promise<JobRow[]> =>
      inTenant(tenantId, async (tx) =>
        tx
          .select()
          .from(job)
          .where(and(eq(job.tenantId, tenantId), isNotNull(job.dueAt), ne(job.kind, 'retention')))
          .orderBy(desc(job.createdAt), desc(job.jobId))
          .limit(50),
      ),
  }
}

function matching({ status, plan, requested, text, ownerEmail }: TenantFilter): SQL | undefined {
  return and(
    status === 'deleting' ? isNotNull(tenant.deletesAt) : status && eq(tenant.status, status),
    plan && eq(tenant.plan, plan),
    requested === undefined ? undefined : (requested ? isNotNull : isNull)(tenant.requestedPlan),
    text === undefined
      ? undefined
      : or(sql`${tenant.name} ilike ${`%${literal(text)}%`}`, sql`${tenant.tenantId} like ${`${literal(text)}%`}`),
    ownerEmail === undefined
      ? undefined
      : sql`exists (select from ${member} m join ${person} p on p.person_id = m.person_id
          where m.tenant_id = ${own} and m.role = 'owner' and p.email = ${ownerEmail})`,
  )
}

/** So that LIKE takes it as it is. */
const literal = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
