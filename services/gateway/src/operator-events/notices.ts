// What changed, told to each operator who follows: gathered while he is slow, so that nobody's backlog grows.
import { maxNoticeIds, type NoticeType, type OperatorNotice } from '@wagate/api/operator-events.ts'

export type Notices = {
  changed(type: NoticeType, id?: string): void
  /** Notices from now on, first that everything may have changed; ends when the signal aborts. */
  follow(signal: AbortSignal): AsyncGenerator<OperatorNotice>
  /** How many follow. */
  followers(): number
}

type Pending = Map<NoticeType, Set<string> | 'many'>

/** `gatherMs`: how long what changes is gathered before it is told; heartbeats of many workers are then one notice. */
export function createNotices(gatherMs: number): Notices {
  const followers = new Set<{ pending: Pending; wake: () => void }>()

  return {
    changed(type, id) {
      for (const { pending, wake } of followers) {
        add(pending, type, id)
        wake()
      }
    },
    followers: () => followers.size,
    async *follow(signal) {
      let waiting = Promise.withResolvers<void>()
      const pending: Pending = new Map([['everything.changed', 'many']])
      const follower = { pending, wake: () => waiting.resolve() }
      followers.add(follower)
      const stop = () => waiting.resolve()
      signal.addEventListener('abort', stop)
      try {
        while (!signal.aborted) {
          const told = [...pending]
          pending.clear()
          for (const [type, ids] of told) yield { type, ids: ids === 'many' ? [] : [...ids] }
          if (pending.size === 0) await waiting.promise
          waiting = Promise.withResolvers()
          await gather(gatherMs, signal)
        }
      } finally {
        followers.delete(follower)
        signal.removeEventListener('abort', stop)
      }
    },
  }
}

function add(pending: Pending, type: NoticeType, id: string | undefined): void {
  const ids = pending.get(type) ?? new Set()
  if (id === undefined || ids === 'many' || ids.size >= maxNoticeIds) pending.set(type, 'many')
  else pending.set(type, ids.add(id))
}

const gather = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
