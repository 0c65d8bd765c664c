import type { Readiness } from './health.ts'
import { orUnavailable } from './postgres.ts'

const answerWithinMs = 2_000

/** The readiness of a service between broker and Postgres: both answer, its work has begun, and it is not stopping. */
export const readyWhen =
  (parts: {
    brokerStatus: () => string
    /** Any query, such as `select 1`. */
    askPostgres: () => Promise<unknown>
    hasStarted: () => boolean
    stopping: AbortSignal
  }) =>
  async (): Promise<Readiness> => {
    const waitingFor = [
      ...(parts.brokerStatus() === 'connected' ? [] : ['nats']),
      ...(parts.hasStarted() ? [] : ['start']),
    ]
    await orUnavailable(parts.askPostgres, answerWithinMs).catch(() => waitingFor.push('postgres'))
    return { ready: waitingFor.length === 0 && !parts.stopping.aborted, waitingFor }
  }
