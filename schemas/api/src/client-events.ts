// Server-sent events over `fetch`: a connection after another, each going on after the last event.
import { ApiError, type Call } from './call.ts'
import { type Notice, noticeTypes } from './notice.ts'
import type { OperatorNotice } from './operator-events.ts'
import { readEventStream } from './read-event-stream.ts'
import type { WebhookPayload } from './webhook-payload.ts'

type Following = {
  signal: AbortSignal
  /** Told once per connection, when nothing that happens from then on can be missed. */
  onOpen?: () => void
}

export type EventStreamOptions = Following & {
  types?: readonly (WebhookPayload | Notice)['type'][]
  sessionId?: string
  /** Go on after this one; without it the stream starts now. */
  lastEventId?: string
  /** Told what is worth something only now, and is no event: somebody types, a chat was taken. */
  onNotice?: (notice: Notice) => void
}

/** `id` is what `lastEventId` takes. */
export type StreamedEvent = { id: string; type: WebhookPayload['type']; data: WebhookPayload }

export type OperatorStreamOptions = Following

export function eventMethods(call: Call) {
  return {
    async *events({ types, sessionId, onNotice, ...options }: EventStreamOptions): AsyncGenerator<StreamedEvent> {
      const query = { types: types?.join(','), session_id: sessionId }
      for await (const { id, data } of follow<WebhookPayload | Notice>(call, '/v1/events', query, options))
        if (isNotice(data)) onNotice?.(data)
        else yield { id, type: data.type, data }
    },
    /** For operators: what changed. Each connection begins with `everything.changed`. */
    async *operatorEvents(options: OperatorStreamOptions): AsyncGenerator<OperatorNotice> {
      for await (const { data } of follow<OperatorNotice>(call, '/v1/admin/events', {}, options)) yield data
    },
  }
}

const isNotice = (data: WebhookPayload | Notice): data is Notice => noticeTypes.some((type) => type === data.type)

const reconnectDelayMs = 1_000

/** Never ends by itself: a lost connection is opened again after the last event. A problem (401, 403, 404) throws. */
async function* follow<Data>(
  call: Call,
  path: string,
  query: Record<string, string | undefined>,
  options: Following & { lastEventId?: string },
): AsyncGenerator<{ id: string; data: Data }> {
  let lastEventId = options.lastEventId
  while (!options.signal.aborted) {
    try {
      const response = await call.request('GET', path, {
        query,
        signal: options.signal,
        headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
      })
      let open = false
      const onId = (id: string) => {
        lastEventId = id
        if (!open) options.onOpen?.()
        open = true
      }
      if (response.body)
        for await (const { id, data } of readEventStream(response.body, onId))
          if (id !== undefined) yield { id, data: JSON.parse(data) as Data }
    } catch (error) {
      if (options.signal.aborted) return
      if (error instanceof ApiError && error.problem.status < 429) throw error
    }
    await pause(reconnectDelayMs, options.signal)
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    const stop = () => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
