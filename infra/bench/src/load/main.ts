// The load generator, in a process of its own so that it does not wait for the bench nor the bench for it.
import { setTimeout as pause } from 'node:timers/promises'
import { answerCalls } from '../process/calls.ts'
import { sendAsFastAsAccepted } from './as-fast-as-accepted.ts'
import { sendAtRate } from './at-rate.ts'
import type { LoadCalls } from './calls.ts'
import { createPoster } from './post.ts'

let stopped = false
const clock = { nowMs: () => performance.now(), originMs: performance.timeOrigin, pause: (ms: number) => pause(ms) }

answerCalls<LoadCalls>(process, {
  async atRate({ perSecond, leadInSeconds, seconds, ...target }) {
    stopped = false
    const { post, close } = createPoster(target)
    const result = await sendAtRate({ ...clock, post, stopped: () => stopped }, { perSecond, leadInSeconds, seconds })
    await close()
    return result
  },

  async asFastAsAccepted({ messages, concurrency, ...target }) {
    const { post, close } = createPoster(target)
    const result = await sendAsFastAsAccepted({ ...clock, post }, { messages, concurrency })
    await close()
    return result
  },

  async stop() {
    stopped = true
    return null
  },
})

for (const end of ['disconnect', 'SIGTERM'] as const) process.on(end, () => process.exit(0))
