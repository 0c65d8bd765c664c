import type { ChatState } from '../network/chatstate.ts'

/** Who types to a phone, as its screen shows it: until they stop, until their message comes, or for some seconds. */
const shownMs = 25_000

export type Typing = {
  note(number: string, state: ChatState): void
  /** Digits of the numbers of those who type now. */
  now(): string[]
}

export function createTyping(nowMs: () => number): Typing {
  const until = new Map<string, number>()
  return {
    note(number, state) {
      if (state === 'composing') until.set(number, nowMs() + shownMs)
      else until.delete(number)
    },
    now: () => [...until].filter(([, endsMs]) => endsMs > nowMs()).map(([number]) => number),
  }
}
