// WhatsApp refuses clients that are too old. The first login that hears so holds back all others of this engine, which
// would hear the same and look like an attack; then one at a time finds out whether it still is so.
import { quarantineMs } from './disconnect.ts'

export type VersionGate = {
  /** Until when no login may begin; undefined when one may, which then is the one that finds out. */
  heldUntilMs: () => number | undefined
  /** WhatsApp refused the version: resolves to when the next login may begin. */
  refused: () => number
  /** WhatsApp took a login. */
  accepted: () => void
}

/** The one that finds out has this long before the next one may try. */
const probeMs = 60_000

export function createVersionGates(deps: { nowMs: () => number; onRefused: (scope: string, untilMs: number) => void }) {
  const held = new Map<string, { untilMs: number; refusals: number[] }>()

  return {
    /** `scope`: who shares a WhatsApp. All live sessions do; in the sandbox each tenant has its own. */
    of: (scope: string): VersionGate => ({
      heldUntilMs() {
        const hold = held.get(scope)
        if (!hold) return undefined
        if (hold.untilMs > deps.nowMs()) return hold.untilMs
        hold.untilMs = deps.nowMs() + probeMs
        return undefined
      },
      refused() {
        const nowMs = deps.nowMs()
        const refusals = held.get(scope)?.refusals ?? []
        const last = refusals.at(-1)
        // Logins that were under way together are refused together, and count once.
        if (last === undefined || nowMs - last > probeMs) {
          const quarantines = refusals.map((atMs) => ({ reason: 'outdated' as const, atMs }))
          const untilMs = nowMs + quarantineMs('outdated', { quarantines }, nowMs, undefined)
          held.set(scope, { untilMs, refusals: [...refusals, nowMs].slice(-8) })
          deps.onRefused(scope, untilMs)
        }
        return held.get(scope)?.untilMs ?? nowMs
      },
      accepted: () => void held.delete(scope),
    }),
    /** Whether logins are held back anywhere. */
    holding: () => [...held.values()].some(({ untilMs }) => untilMs > deps.nowMs()),
  }
}
