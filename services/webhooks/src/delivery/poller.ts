// Takes on what is due: retries, what a queue had no room for, and what a copy of the service that died left behind.
import type { Logger } from '@wagate/runtime/logger.ts'
import { type Endpoint, endpointKey } from '../endpoint/endpoint.ts'
import type { Delivery } from './delivery.ts'
import type { Dispatcher } from './dispatcher.ts'

export type PollerDeps = {
  endpoints(): Iterable<Endpoint>
  dispatcher: Pick<Dispatcher, 'room' | 'add' | 'expectMore'>
  claimDue(rooms: { tenantId: string; endpointId: string; room: number }[]): Promise<Delivery[]>
  monotonicMs: () => number
  logger: Logger
  everyMs: number
}

export function startPoller(deps: PollerDeps) {
  let stopped = false
  let woken = Promise.withResolvers<void>()

  const poll = async (): Promise<void> => {
    const rooms = new Map<string, { tenantId: string; endpointId: string; room: number }>()
    for (const endpoint of deps.endpoints()) {
      const { tenantId, endpointId } = endpoint
      const room = deps.dispatcher.room(endpointKey(endpoint))
      if (room > 0) rooms.set(endpointKey(endpoint), { tenantId, endpointId, room })
    }
    const claimedAtMs = deps.monotonicMs()
    const due = Map.groupBy(await deps.claimDue([...rooms.values()]), endpointKey)
    for (const [key, { room }] of rooms) {
      const deliveries = due.get(key) ?? []
      if (deliveries.length > 0) deps.dispatcher.add(key, deliveries, claimedAtMs)
      deps.dispatcher.expectMore(key, deliveries.length === room)
    }
  }

  const run = async (): Promise<void> => {
    while (!stopped) {
      try {
        await poll()
      } catch (err) {
        deps.logger.warn({ event: 'poll.waiting', err })
      }
      const timer = setTimeout(() => woken.resolve(), deps.everyMs)
      await woken.promise
      clearTimeout(timer)
      woken = Promise.withResolvers()
    }
  }

  const running = run()
  return {
    /** Looks at once, or as soon as the look in progress has ended. */
    wake: (): void => woken.resolve(),
    async stop(): Promise<void> {
      stopped = true
      woken.resolve()
      await running
    },
  }
}
