// The request log in Postgres. Reads are one tenant's, in one mode; a write names one tenant after another, in one transaction.
import type { LoggedRequest } from '@wagate/api/request-log.ts'
import { requestLog } from '@wagate/db/request-log.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, desc, eq, gte, lt } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type InTenant, type Positioned } from '../postgres/in-tenant.ts'
import type { NewRequest } from './log.ts'

export type RequestFilter = {
  /** 2: from 200 to 299. */
  statusClass?: number | undefined
  method?: string | undefined
  route?: string | undefined
  actor?: string | undefined
  actorKind?: 'person' | 'key' | undefined
}
export type RequestStore = {
  list(tenantId: string, mode: Mode, filter: RequestFilter, page: PageRequest): Promise<Positioned<LoggedRequest>[]>
  /** The newest of that id. */
  find(tenantId: string, mode: Mode, requestId: string): Promise<LoggedRequest | undefined>
}

/** Throws `DatabaseUnavailable`. */
export function createRequestStore(inTenant: InTenant): RequestStore {
  const log = requestLog
  const ofMode = (tenantId: string, mode: Mode) => and(eq(log.tenantId, tenantId), eq(log.mode, mode))
  return {
    list: (tenantId, mode, { statusClass, method, route, actor, actorKind }, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: log, key: exact(log.at) })
          .from(log)
          .where(
            and(
              ofMode(tenantId, mode),
              statusClass === undefined ? undefined : gte(log.status, statusClass * 100),
              statusClass === undefined ? undefined : lt(log.status, statusClass * 100 + 100),
              method === undefined ? undefined : eq(log.method, method),
              route === undefined ? undefined : eq(log.route, route),
              actor === undefined ? undefined : eq(log.actorId, actor),
              actorKind && eq(log.actorKind, actorKind),
              after(log.at, log.entryId, page.after),
            ),
          )
          .orderBy(desc(log.at), desc(log.entryId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: present(row), position: { key, id: row.entryId } }))
      }),

    find: (tenantId, mode, requestId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select()
          .from(log)
          .where(and(ofMode(tenantId, mode), eq(log.requestId, requestId)))
          .orderBy(desc(log.at))
          .limit(1)
        return row && present(row)
      }),
  }
}

const insert = `insert into request_log (tenant_id, mode, at, entry_id, request_id, method, route, path, status, problem, actor_kind,
    actor_id, duration_ms, address, user_agent)
  select $1, mode, at, "entryId", id, method, route, path, status, problem, actor->>'kind', actor->>'id', duration_ms, address, user_agent
  from json_to_recordset(($2::text)::json) as r (mode text, at timestamptz, "entryId" text, id text, method text, route text, path text,
    status smallint, problem text, actor json, duration_ms real, address text, user_agent text)`

/** Throws `DatabaseUnavailable`. */
export const createRequestWriter = (sql: Sql, deadlineMs: number) => ({
  write: (requests: ReadonlyMap<string, readonly NewRequest[]>): Promise<void> =>
    orUnavailable(async () => {
      await sql.begin((tx) =>
        // Sent without waiting for one another: the server runs them in this order.
        Promise.all(
          [...requests].flatMap(([tenantId, rows]) => [
            tx`select set_config('app.tenant_id', ${tenantId}, true)`,
            tx.unsafe(insert, [tenantId, JSON.stringify(rows)], { prepare: true }),
          ]),
        ),
      )
    }, deadlineMs),
  /** Makes the days that are needed and drops old ones. */
  tend: (keepDays: number): Promise<void> =>
    orUnavailable(async () => void (await sql`select tend_request_log(${keepDays})`), deadlineMs),
})

const present = (row: typeof requestLog.$inferSelect): LoggedRequest => ({
  id: row.requestId,
  at: row.at.toISOString(),
  method: row.method,
  route: row.route,
  path: row.path,
  status: row.status,
  problem: row.problem,
  actor: { kind: row.actorKind, id: row.actorId },
  duration_ms: Math.round(row.durationMs * 10) / 10,
  address: row.address,
  user_agent: row.userAgent,
})
