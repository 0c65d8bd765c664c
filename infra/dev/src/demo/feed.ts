// The tenant's event stream, kept from its first event on, so that a step can wait for one that may have come already.
import type { Client, StreamedEvent } from '@wagate/api/client.ts'

type EventType = StreamedEvent['type']
export type EventOf<Type extends EventType> = Extract<StreamedEvent['data'], { type: Type }>
export type Arrival<Data> = { data: Data; atMs: number }

export type Feed = {
  /** Resolves once the stream is open: nothing that happens from then on is missed. */
  opened: Promise<void>
  /** The first event of that type that matches, past or to come. Rejects when the stream is refused or `signal` aborts. */
  next<Type extends EventType>(
    type: Type,
    matches: (event: EventOf<Type>) => boolean,
    signal: AbortSignal,
  ): Promise<Arrival<EventOf<Type>>>
  /** Types of what came so far, in order. */
  seen(): string[]
}

export function followEvents(deps: { events: Client['events']; signal: AbortSignal; monotonicMs: () => number }): Feed {
  const arrived: Arrival<StreamedEvent['data']>[] = []
  const watchers = new Set<() => void>()
  const opened = Promise.withResolvers<void>()
  let refusal: unknown
  const tell = () => {
    for (const watcher of [...watchers]) watcher()
  }

  async function read(): Promise<void> {
    for await (const { data } of deps.events({ signal: deps.signal, onOpen: opened.resolve })) {
      arrived.push({ data, atMs: deps.monotonicMs() })
      tell()
    }
  }
  void read().catch((error: unknown) => {
    refusal = error
    opened.reject(error)
    tell()
  })
  opened.promise.catch(() => {}) // whoever waits for it is told; nobody else needs to be

  return {
    opened: opened.promise,
    seen: () => arrived.map(({ data }) => data.type),
    next<Type extends EventType>(type: Type, matches: (event: EventOf<Type>) => boolean, signal: AbortSignal) {
      const isWanted = (event: StreamedEvent['data']): event is EventOf<Type> => event.type === type
      const find = (): Arrival<EventOf<Type>> | undefined => {
        for (const { data, atMs } of arrived) if (isWanted(data) && matches(data)) return { data, atMs }
        return undefined
      }
      return new Promise<Arrival<EventOf<Type>>>((resolve, reject) => {
        const look = () => {
          const found = find()
          if (!found && refusal === undefined && !signal.aborted) return
          watchers.delete(look)
          if (found) resolve(found)
          else reject(refusal ?? new Error(`no event ${type}`))
        }
        watchers.add(look)
        signal.addEventListener('abort', look, { once: true })
        look()
      })
    },
  }
}
