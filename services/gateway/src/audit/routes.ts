import { auditPage, auditQuery, auditVerification, verificationQuery } from '@wagate/api/audit.ts'
import { operatorReadScope } from '@wagate/messages/control.ts'
import type { z } from 'zod'
import type { Caller } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { formatOf } from '../http/format.ts'
import { DomainError } from '../http/problem.ts'
import { createRateLimiter } from '../http/rate-limit.ts'
import type { Mount } from '../http/route.ts'
import { auditFormats, exportRecords, headersOf } from './export.ts'
import type { AuditFilter, AuditStore } from './store.ts'
import { verifyPart } from './verification.ts'

export type AuditDeps = { auditStore: AuditStore; cursors: Cursors; monotonicMs: () => number }

/** Exports and verifications read thousands of entries each. */
const whole = { perSecond: 1, burst: 20 }

/** For tenants, and for the operator, whose orders are on record in the operator's own account. */
const places = [
  { prefix: '/v1', scope: 'audit:read', tag: 'Audit log', whose: 'of your account' },
  { prefix: '/v1/admin', scope: operatorReadScope, tag: 'Operator', whose: 'of the operator’s account' },
] as const

export function auditRoutes(mount: Mount, deps: AuditDeps): void {
  const { auditStore: store, cursors } = deps
  const take = createRateLimiter(whole)

  const takeWhole = ({ tenantId }: Caller): void => {
    const { allowed, retryAfterSeconds } = take(tenantId, deps.monotonicMs())
    if (allowed) return
    throw new DomainError(
      'rate-limited',
      `Exports and verifications of the audit log come too fast: wait ${retryAfterSeconds} s.`,
      { retryAfterSeconds },
    )
  }

  for (const { prefix, scope, tag, whose } of places) {
    mount(
      {
        method: 'get',
        path: `${prefix}/audit-log`,
        scope,
        tag,
        summary: `List the audit log ${whose}`,
        description:
          'Who changed what: every change by a person, a key or the operator, whatever its mode; a test key sees the changes of test mode. Messages are in their own lists. With `Accept: text/csv` or `application/x-ndjson` all entries that match come as a file, oldest first and 100,000 at most: go on with `after`.',
        query: auditQuery,
        answers: {
          200: { description: 'Newest first.', schema: auditPage, contentTypes: Object.values(auditFormats) },
        },
        problems: ['invalid-cursor', 'not-acceptable', 'views-unavailable'],
      },
      async (call) => {
        const { tenantId } = call.caller
        const { limit, cursor, after, ...asked } = call.query
        const filter = filterOf(call.caller, asked)
        const format = formatOf(call.header('accept'), auditFormats, 'The audit log comes')
        if (format !== 'json') {
          takeWhole(call.caller)
          const readAfter = (number: number | undefined, most: number) =>
            store.oldest(tenantId, filter, { after: number }, most)
          const body = await exportRecords(format, readAfter, after)
          return call.answer(200, body, headersOf(format))
        }
        const list = [tenantId, call.caller.mode, 'audit log', JSON.stringify([asked, after])]
        const before = cursor === undefined ? undefined : Number(cursors.decode(list, cursor).key)
        const records = await store.newest(tenantId, filter, { after, before }, limit + 1)
        const rows = records.map((item) => ({ item, position: { key: String(item.number), id: item.id } }))
        return call.json(200, pageOf(rows, limit, { cursors, list }))
      },
    )

    mount(
      {
        method: 'get',
        path: `${prefix}/audit-log/verification`,
        scope,
        tag,
        summary: `Verify the audit log ${whose}`,
        description:
          'Reads up to 20,000 entries and says whether each is as it was written and follows the one before. Keep `through` and `hash` somewhere else: with them as `after` and `hash` you find out later if anything up to there was changed, even by those who run the installation.',
        query: verificationQuery,
        answers: { 200: { description: 'Whether it holds, and up to where.', schema: auditVerification } },
        problems: ['views-unavailable'],
      },
      async (call) => {
        takeWhole(call.caller)
        return call.json(200, await verifyPart(store, call.caller.tenantId, call.query))
      },
    )
  }
}

type Asked = Omit<z.output<typeof auditQuery>, 'limit' | 'cursor' | 'after'>

const filterOf = ({ mode }: Caller, { since, until, ...rest }: Asked): AuditFilter => ({
  ...rest,
  // A test key lies about in more places than a live one.
  onlyMode: mode === 'test' ? 'test' : undefined,
  since: since === undefined ? undefined : new Date(since),
  until: until === undefined ? undefined : new Date(until),
})
