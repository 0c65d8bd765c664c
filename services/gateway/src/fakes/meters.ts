// Gateways that count together, in virtual time: their news take a while, in the order in which each tells them.
import type { QuotaNews } from '@wagate/messages/quota.ts'
import { createMeter, type Meter } from '../quota/meter.ts'

type Timed = { atMs: number; order: number; run: () => void }
type Member = { meter: Meter; isAlive: boolean; ticks: number }

/** Half a minute into some minute. */
const beginMs = 1_800_000_030_000

export function simulateMeters(delayMs: () => number) {
  const agenda: Timed[] = []
  const members: Member[] = []
  /** When the last news of a pair arrives: the next cannot be earlier. */
  const lastAt = new Map<string, number>()
  let nowMs = beginMs
  let order = 0
  let silences = 0

  function at(atMs: number, run: () => void): Timed {
    const timed = { atMs, order: order++, run }
    agenda.push(timed)
    return timed
  }

  function tell(from: Member, news: QuotaNews): void {
    if (!from.isAlive) return
    for (const to of members) {
      if (to === from) continue
      const pair = `${members.indexOf(from)} ${members.indexOf(to)}`
      const arrivesMs = Math.max(nowMs + delayMs(), lastAt.get(pair) ?? 0)
      lastAt.set(pair, arrivesMs)
      at(arrivesMs, () => to.isAlive && to.meter.hear(news))
    }
  }

  function join(): number {
    const member: Member = {
      isAlive: true,
      ticks: 0,
      meter: createMeter({
        me: `gw_${members.length}`,
        tell: (news) => tell(member, news),
        nowMs: () => nowMs,
        after(ms, run) {
          const timed = at(nowMs + ms, run)
          return { cancel: () => void agenda.splice(agenda.indexOf(timed), agenda.includes(timed) ? 1 : 0) }
        },
        onSilence: (missing) => {
          silences += missing
        },
      }),
    }
    members.push(member)
    member.meter.greet()
    const tick = (): void => {
      if (!member.isAlive) return
      member.meter.tick()
      at(nowMs + 1_000, tick)
    }
    at(nowMs + 1_000, tick)
    return members.length - 1
  }

  return {
    at: (afterMs: number, run: () => void) => void at(beginMs + afterMs, run),
    join,
    meter(n: number): Meter {
      const member = members[n]
      if (!member) throw new Error(`there is no gateway ${n}`)
      return member.meter
    },
    /** Says nothing any more, and hears nothing. */
    kill(n: number): void {
      const member = members[n]
      if (member) member.isAlive = false
    },
    silences: () => silences,
    /** Everything that is due until then, with what follows from it. */
    async runUntil(afterMs: number): Promise<void> {
      for (;;) {
        agenda.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
        const next = agenda[0]
        if (!next || next.atMs > beginMs + afterMs) break
        agenda.shift()
        nowMs = next.atMs
        next.run()
        await new Promise(setImmediate)
      }
      nowMs = beginMs + afterMs
    },
  }
}
