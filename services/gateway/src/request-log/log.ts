// Requests on their way into the log: gathered in memory and written to Postgres about once a second, all of a gateway in one transaction, so
// that a request costs no write of its own. The log is for looking things up, not for proof: what there is no room for is left out, and counted.
import type { LoggedRequest } from '@wagate/api/request-log.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { networkOf } from '@wagate/runtime/address.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Exchange } from '../http/exchange.ts'
import { shownPath } from './shown-path.ts'

export type NewRequest = LoggedRequest & { entryId: string; mode: Mode }

export type RequestLogDeps = {
  write(requests: ReadonlyMap<string, readonly NewRequest[]>): Promise<void>
  /** Whether the budget of that name has room. */
  take(budget: string, nowMs: number): boolean
  newId: (kind: IdKind) => string
  now: () => Date
  metrics: Pick<Metrics, 'counter'>
  /** Requests that wait to be written. */
  maxWaiting?: number
}

/** Reading the log is not in the log: a page that is kept up to date would fill it. */
const unlogged = /^\/v1\/requests(\/|$)/

export function createRequestLog({ write, take, newId, now, metrics, maxWaiting = 5_000 }: RequestLogDeps) {
  let waiting = new Map<string, NewRequest[]>()
  let size = 0
  const leftOut = metrics.counter('request_log_left_out_total', 'Requests that are not in the log.', ['why'])

  return {
    note(exchange: Exchange, { method, path, status, durationMs }: Answered): void {
      const { caller, route } = exchange
      if (!caller || !route || caller.actor.kind === 'support' || unlogged.test(route)) return
      const at = now()
      const { tenantId, mode } = caller
      const why = size >= maxWaiting ? 'full' : 'rate'
      if (why === 'full' || !take(`${tenantId}|${mode}|${status < 400}`, at.getTime())) {
        leftOut.inc({ why })
        return
      }
      const ofTenant = waiting.get(tenantId) ?? []
      waiting.set(tenantId, ofTenant)
      size++
      ofTenant.push({
        entryId: newId('record'),
        mode,
        id: exchange.requestId,
        at: new Date(at.getTime() - durationMs).toISOString(),
        method,
        route,
        path: shownPath(route, path),
        status,
        problem: exchange.problem ?? null,
        actor:
          caller.actor.kind === 'key'
            ? { kind: 'key', id: caller.actor.keyId }
            : { kind: 'person', id: caller.actor.personId },
        duration_ms: Math.round(durationMs * 10) / 10,
        address: networkOf(exchange.client?.address ?? '') ?? null,
        user_agent: readable(exchange.client?.userAgent),
      })
    },

    /** Writes what has been gathered. What cannot be written is given up: more comes every second. */
    async flush(): Promise<void> {
      if (size === 0) return
      const [batch, count] = [waiting, size]
      waiting = new Map()
      size = 0
      try {
        await write(batch)
      } catch (error) {
        leftOut.inc({ why: 'unwritten' }, count)
        throw error
      }
    },
  }
}
export type RequestLog = ReturnType<typeof createRequestLog>

type Answered = { method: string; path: string; status: number; durationMs: number }

const readable = (userAgent: string | undefined): string | null =>
  userAgent?.toWellFormed().replaceAll('\0', '').slice(0, 120) || null
