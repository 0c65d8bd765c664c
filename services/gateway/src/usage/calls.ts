// How many requests each tenant makes: counted in memory and written to Postgres now and then, so that a request costs no write. What a
// gateway that dies has not written is lost, a minute's worth at most while Postgres is there.
import type { Mode } from '@wagate/messages/envelope.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { dayOf } from './range.ts'
import type { DayCalls, UsageStore } from './store.ts'

export type CallCounts = { succeeded: number; refused: number; rateLimited: number; failed: number }
export type CallCounter = ReturnType<typeof createCallCounter>

/** Of a tenant. */
export type CallRow = DayCalls & { mode: Mode }
type Entry = { tenantId: string; mode: Mode; calls: DayCalls; isWritten: boolean }

export type CallCounterDeps = {
  now: () => Date
  /** Stores the totals of this process; the same totals once more change nothing. */
  write: (tenantId: string, rows: CallRow[]) => Promise<void>
  metrics: Pick<Metrics, 'counter' | 'gauge'>
  /** Of tenants, modes and days in memory. Days that are over leave it once they are written. */
  maxEntries?: number
}

export function createCallCounter({ now, write, metrics, maxEntries = 20_000 }: CallCounterDeps) {
  const entries = new Map<string, Entry>()
  const unwritten = metrics.gauge('api_call_totals_unwritten', 'Totals of API calls that Postgres does not have yet.')
  const uncounted = metrics.counter('api_calls_uncounted_total', 'API calls for whose total there was no room.')

  function entryOf(tenantId: string, mode: Mode): Entry | undefined {
    const day = dayOf(now())
    const key = `${tenantId}|${mode}|${day}`
    const known = entries.get(key)
    if (known || entries.size >= maxEntries) return known
    const calls = { day, succeeded: 0, refused: 0, rateLimited: 0, failed: 0 }
    const entry: Entry = { tenantId, mode, calls, isWritten: true }
    entries.set(key, entry)
    return entry
  }

  async function writeTenant(tenantId: string, owned: Entry[]): Promise<void> {
    for (const entry of owned) entry.isWritten = true // calls that come meanwhile are for the next time
    try {
      await write(
        tenantId,
        owned.map(({ mode, calls }) => ({ mode, ...calls })),
      )
    } catch (error) {
      for (const entry of owned) entry.isWritten = false
      throw error
    }
  }

  const waiting = () => [...entries.values()].filter((entry) => !entry.isWritten)

  return {
    /** An answer to a caller with a valid key or token. */
    count({ tenantId, mode }: { tenantId: string; mode: Mode }, status: number): void {
      const entry = entryOf(tenantId, mode)
      if (!entry) {
        uncounted.inc()
        return
      }
      entry.calls[outcomeOf(status)] += 1
      entry.isWritten = false
    },

    /** Tenant by tenant. Stops at the first that cannot be written; that one and the rest are kept for the next time. */
    async flush(): Promise<void> {
      try {
        for (const [tenantId, owned] of Map.groupBy(waiting(), (entry) => entry.tenantId))
          await writeTenant(tenantId, owned)
      } finally {
        unwritten.set(waiting().length)
        const today = dayOf(now())
        for (const [key, { calls, isWritten }] of entries) if (isWritten && calls.day !== today) entries.delete(key)
      }
    },
  }
}

function outcomeOf(status: number): keyof CallCounts {
  if (status === 429) return 'rateLimited'
  if (status >= 500) return 'failed'
  return status >= 400 ? 'refused' : 'succeeded'
}

const everyMs = 60_000

/** Writes every minute until the signal aborts. Outages are waited out. */
async function keepWritten(counter: CallCounter, logger: Logger, signal: AbortSignal): Promise<void> {
  for (;;) {
    await pause(everyMs, signal)
    if (signal.aborted) return
    await counter.flush().catch((error: unknown) => {
      if (error instanceof DatabaseUnavailable) logger.warn({ event: 'api_calls.waiting' })
      else logger.error({ event: 'api_calls.failed', err: error })
    })
  }
}

export type CountingDeps = Omit<CallCounterDeps, 'write'> & {
  usage: Pick<UsageStore, 'writeCalls'>
  /** This process, unique among all that ever ran. */
  gatewayId: string
  logger: Logger
}

/** `stop` is for when the last request has been answered; what cannot be written then is lost. */
export function startCounting({ usage, gatewayId, logger, ...deps }: CountingDeps, signal: AbortSignal) {
  const write = (tenantId: string, rows: CallRow[]) => usage.writeCalls(tenantId, gatewayId, rows)
  const counter = createCallCounter({ ...deps, write })
  const writing = keepWritten(counter, logger, signal)
  return {
    count: counter.count,
    async stop(): Promise<void> {
      await writing
      await counter.flush().catch((err: unknown) => logger.error({ event: 'api_calls.lost', err }))
    },
  }
}
