import { requestLogBurst, requestLogDays, requestLogPerSecond } from '@wagate/api/request-log.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { createBudgets } from './budget.ts'
import { createRequestLog, type RequestLogDeps } from './log.ts'
import { createRequestWriter } from './store.ts'

const flushEveryMs = 1_000
const tendEveryMs = 3_600_000

export type LoggingDeps = Omit<RequestLogDeps, 'take' | 'write'> & { sql: Sql; logger: Logger }

/** `stop` is for when the last request has been answered. */
export function startRequestLog({ sql, logger, ...deps }: LoggingDeps, signal: AbortSignal) {
  const { write, tend } = createRequestWriter(sql, 4_000)
  const take = createBudgets({ burst: requestLogBurst, perSecond: requestLogPerSecond, maxBudgets: 20_000 })
  const log = createRequestLog({ ...deps, write, take })
  const told = (event: string) => (err: unknown) => {
    if (err instanceof DatabaseUnavailable) logger.warn({ event: `${event}_waiting` })
    else logger.error({ event: `${event}_failed`, err })
  }
  const flush = () => log.flush().catch(told('request_log.write'))

  const run = async (): Promise<void> => {
    for (let tendAtMs = 0; !signal.aborted; await pause(flushEveryMs, signal)) {
      if (deps.now().getTime() >= tendAtMs) {
        const tended = await tend(requestLogDays).then(() => true, told('request_log.tend'))
        tendAtMs = deps.now().getTime() + (tended ? tendEveryMs : 60_000)
      }
      await flush()
    }
  }
  const running = run()
  return {
    note: log.note,
    async stop(): Promise<void> {
      await running
      await flush()
    },
  }
}
