// A pool that survives a restart of PostgreSQL, and one name for "not now" that readers turn into a 503.
import postgres from 'postgres'
import { backoffMs } from './backoff.ts'
import { DatabaseUnavailable } from './errors.ts'
import type { Logger } from './logger.ts'
import { pause } from './pause.ts'

export type Sql = postgres.Sql

export type PostgresOptions = {
  url: string
  applicationName: string
  /** Connections at most. */
  max: number
  /** The server ends a statement after this. Default 10 s. */
  statementTimeoutMs?: number
  /**
   * Plan every statement for the tables as they are now. For services whose statements work on batches: a plan made while a
   * table was small, such as a new month's partition, and then kept would read all of it each time. Default false.
   */
  planEachTime?: boolean
}

/** Connects lazily; queries fail with an error that `orUnavailable` recognises while the database is away. Close with `sql.end({ timeout: 5 })`. */
export function openPostgres(options: PostgresOptions): Sql {
  return postgres(options.url, {
    max: options.max,
    connect_timeout: 5,
    idle_timeout: 60,
    // Seconds between attempts to connect; the default grows to 20 s, which is how late a recovery would be noticed.
    backoff: () => 0.25,
    onnotice: () => {},
    connection: {
      application_name: options.applicationName,
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      idle_in_transaction_session_timeout: 30_000,
      ...(options.planEachTime ? { plan_cache_mode: 'force_custom_plan' } : {}),
    },
  })
}

/** Codes of Node, of postgres.js and SQLSTATEs that mean "the same call may work later". */
const unavailable =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|CONNECTION_CLOSED|CONNECTION_ENDED|CONNECTION_DESTROYED|CONNECT_TIMEOUT|08...|57P0[1-5]|57014|53...)$/

/** True for a lost or refused connection, a shutdown, exhausted resources or a statement that took too long. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ('code' in cause && unavailable.test(String(cause.code))) return true
  return false
}

/**
 * Runs queries; a database that is away, or silent for `timeoutMs`, becomes DatabaseUnavailable. Other errors pass unchanged.
 * @throws DatabaseUnavailable
 */
export async function orUnavailable<T>(run: () => Promise<T>, timeoutMs = 5_000): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new DatabaseUnavailable(`no answer in ${timeoutMs} ms`)), timeoutMs)
  try {
    return await Promise.race([run(), late.promise])
  } catch (error) {
    if (error instanceof DatabaseUnavailable || !isUnavailable(error)) throw error
    throw new DatabaseUnavailable('the database is unavailable', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves once the database answers; says every few seconds that it waits. For services that cannot work without it. */
export async function waitForPostgres(sql: Sql, logger: Logger, signal?: AbortSignal): Promise<void> {
  for (let attempt = 1; !signal?.aborted; attempt++) {
    try {
      await orUnavailable(() => sql`select 1`)
      return
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
      logger.warn({ event: 'database.waiting', attempt }, 'waiting for PostgreSQL')
      await pause(backoffMs(attempt, Math.random(), { capMs: 3_000 }), signal)
    }
  }
}
