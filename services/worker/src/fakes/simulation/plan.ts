// What happens to a session in one run: work, and trouble. A plan is data, so that a failing one can be made smaller and kept.
import { type Lane, lanes } from '@wagate/messages/commands.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Weather } from './network.ts'
import { createRandom, type Random } from './random.ts'
import { notOnWhatsApp } from './whatsapp.ts'

/** `of`, where nothing else is said: which of the owners that act, 0 the newest. */
export type Step = { atMs: number } & (
  | { do: 'send'; chat: string; lane: Lane; times: number; expiresInMs?: number }
  /** `of`: which message, 0 the newest. */
  | { do: 'cancel'; of: number }
  | { do: 'write'; from: string }
  /** Another machine takes the session over; nobody tells the owners before it. */
  | { do: 'own' }
  | { do: 'drain'; of: number }
  | { do: 'die'; of: number; effects: number }
  | { do: 'stop'; of: number; ms: number }
  | { do: 'cut'; of: number; from: 'broker' | 'whatsapp'; ms: number }
  | { do: 'outage'; ms: number }
  | { do: 'close'; code: number }
  | { do: 'snapshot'; of: number }
  | { do: 'objects_away'; ms: number }
  | { do: 'harm_snapshot' }
)

export type Plan = { seed: number; weather: Weather; pacing?: SessionConfig['pacing']; steps: Step[] }

const codes = [408, 428, 440, 500, 503, 515, 403]
const longMs = 12 * 60_000

export function planOf(seed: number): Plan {
  const random = createRandom(seed)
  const rate = (most: number): number => (random.chance(0.3) ? 0 : random.next() * most)
  const weather = { lostRequest: rate(0.05), lostAnswer: rate(0.1), late: rate(0.1), twice: rate(0.05) }
  const steps: Step[] = [{ atMs: 0, do: 'own' }]
  let atMs = 1
  for (let left = random.chance(0.1) ? random.between(20, 50) : random.between(4, 18); left > 0; left--) {
    atMs += random.chance(0.5) ? random.below(30) : random.chance(0.97) ? random.below(4_000) : random.below(longMs)
    const deed = random.chance(0.55) ? work : random.chance(0.35) ? keeping : trouble
    steps.push({ atMs, ...deed(random) })
  }
  return { seed, weather, ...(random.chance(0.5) && { pacing: slow(random) }), steps }
}

/** So that there is a queue when something happens. */
const slow = (random: Random): SessionConfig['pacing'] => ({
  perSecond: random.pick([0.5, 1, 3]) ?? 1,
  burst: random.between(1, 3),
  jitterMs: random.chance(0.5) ? 0 : random.below(3_000),
})

type Deed = Step extends infer Each ? (Each extends { atMs: number } ? Omit<Each, 'atMs'> : never) : never

function work(random: Random): Deed {
  const chat = `+99910${random.between(1, 3)}`
  if (random.chance(0.3)) return { do: 'write', from: chat.slice(1) }
  if (random.chance(0.1)) return { do: 'cancel', of: random.below(3) }
  const to = random.chance(0.05) ? `+99910${notOnWhatsApp}` : chat
  const lane = random.chance(0.8) ? 'normal' : (random.pick(lanes) ?? 'normal')
  const expiry = random.chance(0.1) && { expiresInMs: random.between(1, 20_000) }
  return { do: 'send', chat: to, lane, times: random.chance(0.1) ? 2 : 1, ...expiry }
}

/** What shortens the log, and what is in its way. */
function keeping(random: Random): Deed {
  if (random.chance(0.8)) return { do: 'snapshot', of: random.chance(0.9) ? 0 : random.below(3) }
  return random.chance(0.5) ? { do: 'harm_snapshot' } : { do: 'objects_away', ms: random.between(10, 60_000) }
}

function trouble(random: Random): Deed {
  const of = random.chance(0.8) ? 0 : random.below(3)
  switch (random.below(8)) {
    case 0:
    case 1:
      return { do: 'own' }
    case 2:
      return { do: 'drain', of }
    case 3:
      return { do: 'die', of, effects: random.between(1, 12) }
    case 4:
      return { do: 'stop', of, ms: random.between(10, 40_000) }
    case 5:
      return { do: 'cut', of, from: random.chance(0.5) ? 'broker' : 'whatsapp', ms: random.between(10, 40_000) }
    case 6:
      return { do: 'outage', ms: random.between(10, 15_000) }
    default:
      return { do: 'close', code: random.pick(codes) ?? 408 }
  }
}
