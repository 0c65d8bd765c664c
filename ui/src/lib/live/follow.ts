// One connection per browser and account: browsers open six to a server at most, and people have many tabs. The tab that holds the lock
// has the connection and tells the others; when it closes, another one goes on.
import { readEventStream } from '@wagate/api/read-event-stream.ts'

/** `data`: JSON, as a webhook's body. */
export type LiveEvent = { id: string; type: string; data: string }
/** `open`: nothing that happens from now on is missed; what happened before may have been. */
export type LiveState = 'connecting' | 'open'

type Told = { event: LiveEvent } | { state: LiveState }

export type Following = {
  url: string
  onEvent: (event: LiveEvent) => void
  onState: (state: LiveState) => void
  /** The server refuses for good: the sign-in is over, or the account is not theirs any more. */
  onRefused: () => void
  signal: AbortSignal
}

const retryMs = { least: 1_000, most: 15_000 }

/** For browsers only; ends with the signal. */
export function follow(following: Following): void {
  const { url, onEvent, onState, signal } = following
  const hear = (told: Told) => ('event' in told ? onEvent(told.event) : onState(told.state))
  // Browsers give locks to pages that came by https, or from this very machine; elsewhere each tab has a connection of its own.
  if (!('locks' in navigator)) {
    void holdUntilRefused(following, (told) => signal.aborted || hear(told))
    return
  }
  const channel = new BroadcastChannel(`live:${url}`)
  channel.onmessage = ({ data }: MessageEvent<Told>) => hear(data)
  signal.addEventListener('abort', () => channel.close(), { once: true })
  const tell = (told: Told) => {
    if (signal.aborted) return
    channel.postMessage(told)
    hear(told)
  }
  const { locks } = navigator
  void locks.request(`live:${url}`, { signal }, () => holdUntilRefused(following, tell)).catch(() => {}) // the signal ended the wait for the lock
  // Whoever comes second finds the connection open.
  void locks.query().then(({ held = [] }) => {
    if (held.some(({ name }) => name === `live:${url}`)) onState('open')
  })
}

async function holdUntilRefused({ url, signal, onRefused }: Following, tell: (told: Told) => void): Promise<void> {
  if ((await hold(url, tell, signal)) === 'refused') onRefused()
}

async function hold(url: string, tell: (told: Told) => void, signal: AbortSignal): Promise<'refused' | 'ended'> {
  let lastId: string | undefined
  let waitMs: number = retryMs.least
  while (!signal.aborted) {
    try {
      const answer = await fetch(url, { signal, ...(lastId !== undefined && { headers: { 'last-event-id': lastId } }) })
      if ([401, 403, 404].includes(answer.status)) return 'refused'
      if (answer.ok && answer.body) {
        let open = false
        const onId = (id: string) => {
          if (!open) tell({ state: 'open' })
          open = true
          lastId = id
          waitMs = retryMs.least
        }
        for await (const { id, event, data } of readEventStream(chunks(answer.body), onId))
          tell({ event: { id: id ?? '', type: event, data } })
      }
    } catch {
      // The network, or the end: tried again, or not.
    }
    tell({ state: 'connecting' })
    await pause(waitMs * (0.5 + Math.random() / 2), signal)
    waitMs = Math.min(waitMs * 2, retryMs.most)
  }
  return 'ended'
}

/** Not every browser iterates over a stream. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
  } finally {
    await reader.cancel().catch(() => {})
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
