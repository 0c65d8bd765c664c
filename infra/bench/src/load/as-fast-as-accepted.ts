// Closed loop: fills the outboxes as fast as the gateway accepts.

import type { AtRateDeps } from './at-rate.ts'
import type { Accepted, LoadResult } from './calls.ts'

type Deps = Pick<AtRateDeps, 'post' | 'nowMs' | 'originMs' | 'pause'>

/** A refusal (429, 503) is tried again, since the plan is so many messages and no fewer. */
const retryAfterMs = 200

export async function sendAsFastAsAccepted(
  deps: Deps,
  plan: { messages: number; concurrency: number },
): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const statuses: Record<number, number> = {}
  const accepted: Accepted[] = []
  const startMs = deps.nowMs()
  let next = 0

  const sendSome = async (): Promise<void> => {
    while (next < plan.messages) {
      const n = next++
      for (;;) {
        const sentMs = deps.nowMs()
        const { status, id } = await deps.post(n)
        statuses[status] = (statuses[status] ?? 0) + 1
        if (status === 202) {
          latenciesMs.push(deps.nowMs() - sentMs)
          accepted.push({ n, dueAtMs: deps.originMs + sentMs, id })
          break
        }
        if (status !== 429 && status !== 503)
          throw new Error(`the gateway answered ${status} to a message of the bench`)
        await deps.pause(retryAfterMs)
      }
    }
  }
  await Promise.all(Array.from({ length: plan.concurrency }, sendSome))
  return { latenciesMs: Float64Array.from(latenciesMs), statuses, elapsedMs: deps.nowMs() - startMs, accepted }
}
