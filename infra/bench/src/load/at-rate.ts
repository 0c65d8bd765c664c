// Open loop at a constant rate. A late answer delays no later request, and latency counts from when a request was due, so
// that a stall of the server shows in every request that it would have delayed.
import type { Accepted, LoadResult } from './calls.ts'
import type { Posted } from './post.ts'

export type AtRateDeps = {
  post: (n: number) => Promise<Posted>
  /** Monotonic, in ms. */
  nowMs: () => number
  /** What to add to `nowMs` for ms since 1970. */
  originMs: number
  pause: (ms: number) => Promise<unknown>
  stopped: () => boolean
}

export type AtRatePlan = { perSecond: number; leadInSeconds: number; seconds: number }

export async function sendAtRate(deps: AtRateDeps, plan: AtRatePlan): Promise<LoadResult> {
  const intervalMs = 1_000 / plan.perSecond
  const total = Math.round((plan.leadInSeconds + plan.seconds) * plan.perSecond)
  const measuredFrom = Math.round(plan.leadInSeconds * plan.perSecond)
  const latenciesMs: number[] = []
  const statuses: Record<number, number> = {}
  const accepted: Accepted[] = []
  const open = new Set<Promise<void>>()
  const startMs = deps.nowMs() + intervalMs

  const send = async (n: number, dueMs: number): Promise<void> => {
    const { status, id } = await deps.post(n)
    if (n >= measuredFrom) latenciesMs.push(deps.nowMs() - dueMs)
    statuses[status] = (statuses[status] ?? 0) + 1
    if (status === 202) accepted.push({ n, dueAtMs: deps.originMs + dueMs, id })
  }

  for (let n = 0; n < total && !deps.stopped(); ) {
    const waitMs = startMs + n * intervalMs - deps.nowMs()
    if (waitMs > 0) await deps.pause(waitMs)
    for (; n < total && startMs + n * intervalMs <= deps.nowMs(); n++) {
      const request = send(n, startMs + n * intervalMs)
      open.add(request)
      void request.then(() => open.delete(request))
    }
  }
  await Promise.all(open)
  return { latenciesMs: Float64Array.from(latenciesMs), statuses, elapsedMs: deps.nowMs() - startMs, accepted }
}
