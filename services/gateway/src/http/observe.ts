// One wide line and one measurement per request.
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import { actorId } from '../access/actor.ts'
import type { Exchange } from './exchange.ts'

const slowMs = 1_000
/** Asked for every few seconds by machines: no line when all is well. */
const quiet = new Set(['/healthz', '/readyz', '/metrics'])

/** Errors and slow requests are always logged, the others as often as `sample` says. */
export function createObserve(deps: { logger: Logger; metrics: Metrics; sample: number; random: () => number }) {
  const durations = deps.metrics.histogram('http_request_duration_seconds', 'Time to the answer.', [
    'method',
    'route',
    'status',
  ])
  const problems = deps.metrics.counter('http_problems_total', 'Answers with a problem.', ['code'])

  return (exchange: Exchange, request: { method: string; path: string; status: number; durationMs: number }): void => {
    const { method, status, durationMs } = request
    const route = exchange.route ?? (quiet.has(request.path) ? request.path : 'other')
    durations.observe({ method, route, status: String(status) }, durationMs / 1_000)
    if (exchange.problem) problems.inc({ code: exchange.problem })
    const remarkable = status >= 400 || durationMs > slowMs
    if (!remarkable && (quiet.has(request.path) || deps.random() >= deps.sample)) return
    const line = {
      event: 'http.request',
      requestId: exchange.requestId,
      method,
      route,
      status,
      durationMs: Math.round(durationMs * 10) / 10,
      tenantId: exchange.caller?.tenantId,
      actor: exchange.caller ? actorId(exchange.caller.actor) : exchange.personId,
      problem: exchange.problem,
    }
    if (status >= 500) deps.logger.error({ ...line, cause: describe(exchange.cause) })
    else deps.logger.info(line)
  }
}

/** The innermost error, without the fields in which drivers quote rows and parameters: they may be somebody's words. */
function describe(error: unknown): { name: string; code?: string; message: string; stack?: string } | undefined {
  if (!(error instanceof Error)) return undefined
  if (error.cause instanceof Error) return describe(error.cause)
  const { name, message, stack } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return { name, message, ...(code !== undefined && { code }), ...(stack !== undefined && { stack }) }
}
