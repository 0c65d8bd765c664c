// What the chapters of the demo share.
import type { Client } from '@wagate/api/client.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import type { Feed } from './feed.ts'
import type { Receiver } from './receiver.ts'
import type { Screen } from './screen.ts'
import type { Steps } from './steps.ts'

export type Stage = {
  screen: Screen
  steps: Steps
  client: Client
  feed: Feed
  receiver: Receiver
  monotonicMs: () => number
}

/** Ada's account is linked to Wagate; Ben is somebody she writes to. */
export type People = { ada: Phone; ben: Phone }

/** What was made, so that the next demo can take it away. */
export type Keep = (made: { session?: string; phone?: string; webhook?: string }) => void

/** One answer of the API. */
export const answerWithinMs = 10_000
/** Something that passes through broker, worker and sandbox. */
export const eventWithinMs = 30_000
