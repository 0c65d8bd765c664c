// How a session fares, in facts; what they amount to is said where they are shown.
import type { SessionHealth } from '@wagate/messages/control.ts'
import { restrictionKinds } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import type { Connection } from './connection.ts'
import { meaningOf } from './disconnect.ts'

export type HealthDeps = {
  memory: Memory
  facts: Connection['facts']
  now: () => Date
  owner: string
  version: string
}

const hourMs = 60 * 60_000
const iso = (ms: number): string => new Date(ms).toISOString()

export function healthOf({ memory, facts, now, owner, version }: HealthDeps): SessionHealth {
  const nowMs = now().getTime()
  const { failures, restrictions } = memory.standing
  const { lastFrameAtMs, lastFailure = failures.at(-1) } = facts()
  return {
    checkedAt: iso(nowMs),
    owner,
    version,
    ...(lastFrameAtMs === undefined ? {} : { lastFrameAt: iso(lastFrameAtMs) }),
    failuresLastHour: failures.filter(({ atMs }) => atMs > nowMs - hourMs).length,
    ...(lastFailure
      ? { lastFailure: { code: lastFailure.code, reason: meaningOf(lastFailure.code), at: iso(lastFailure.atMs) } }
      : {}),
    restrictions: restrictionKinds.flatMap((kind) => {
      const known = restrictions[kind]
      return known && known.untilMs > nowMs ? [{ kind, detail: known.detail, until: iso(known.untilMs) }] : []
    }),
    queued: memory.queue.size,
    unacknowledged: memory.unacknowledged.size,
  }
}
