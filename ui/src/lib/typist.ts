// Tells that somebody types: at the first key, again every few seconds while they go on, and once that they stopped. Phones forget it by
// themselves after some 25 seconds.
import type { ChatTyping } from '@wagate/api/chat.ts'

type Clock = {
  now: () => number
  set: (run: () => void, ms: number) => unknown
  clear: (timer: unknown) => void
}
const browserClock: Clock = {
  now: () => performance.now(),
  set: (run, ms) => setTimeout(run, ms),
  clear: (timer) => clearTimeout(timer as number),
}
const againMs = 6_000
const restMs = 4_000

export function typist(tell: (state: ChatTyping['state']) => void, clock = browserClock) {
  let toldAt: number | undefined
  let rest: unknown
  const stop = () => {
    clock.clear(rest)
    if (toldAt === undefined) return
    toldAt = undefined
    tell('paused')
  }
  return {
    typed(): void {
      clock.clear(rest)
      rest = clock.set(stop, restMs)
      if (toldAt !== undefined && clock.now() - toldAt < againMs) return
      toldAt = clock.now()
      tell('composing')
    },
    stop,
  }
}
