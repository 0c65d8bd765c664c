// The live side of a page: reads again what an event may have changed, and hands events to whoever wants each of them.
import { createContext } from 'svelte'
import { goto, invalidate, invalidateAll } from '$app/navigation'
import { coalesce } from './coalesce.ts'
import { follow, type LiveEvent, type LiveState } from './follow.ts'
import { topicsOf } from './topics.ts'

/** Shorter, and nobody would have read it before it is over. */
const lostMs = 4_000

export class Live {
  state = $state<LiveState>('connecting')
  /** It was there, and has been away for long enough to be told of. */
  lost = $state(false)
  readonly #listeners = new Set<(event: LiveEvent) => void>()
  readonly #readers = new Set<{ topic: string; read: () => Promise<void> }>()
  readonly #topicsOf: (event: LiveEvent) => readonly string[]

  constructor(of: (event: LiveEvent) => readonly string[] = topicsOf) {
    this.#topicsOf = of
  }

  /** Hears every event until the function that is returned is called: for what is shown without reading it again. */
  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Runs whenever loads of that topic run again, until the function that is returned is called: for what is no load. */
  follow(topic: string, read: () => Promise<void>): () => void {
    const reader = { topic, read }
    this.#readers.add(reader)
    return () => this.#readers.delete(reader)
  }

  /** From a component's mount until the function that is returned is called. */
  start(url: string): () => void {
    const end = new AbortController()
    const readings = coalesce(async (topics) => {
      const readers = [...this.#readers].filter(({ topic }) => topics.includes(topic))
      await Promise.all([
        ...topics.map((topic) => invalidate(`app:${topic}`)),
        ...readers.map(({ read }) => read().catch(() => {})), // the next event tries again
      ])
    })
    let wasOpen = false
    let away: ReturnType<typeof setTimeout> | undefined
    follow({
      url,
      signal: end.signal,
      onEvent: (event) => {
        readings.note(this.#topicsOf(event))
        for (const listener of this.#listeners) listener(event)
      },
      onState: (state) => {
        // A stream resumes by itself; after a restart of the browser's other tab it may not have.
        if (state === 'open' && this.state === 'connecting' && wasOpen) void invalidateAll()
        wasOpen ||= state === 'open'
        this.state = state
        clearTimeout(away)
        if (state === 'open') this.lost = false
        else if (wasOpen) away = setTimeout(() => (this.lost = true), lostMs)
      },
      onRefused: () => void goto('/', { invalidateAll: true }),
    })
    return () => {
      end.abort()
      clearTimeout(away)
      readings.stop()
    }
  }
}

export const [useLive, provideLive] = createContext<Live>()
