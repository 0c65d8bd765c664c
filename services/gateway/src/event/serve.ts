// A stream of events to one client: counted among its account's, closed when it may have it no longer, told when it ends.
import { actorId } from '../access/actor.ts'
import type { Caller } from '../access/authenticate.ts'
import { openConnection } from './connection.ts'
import { limitStreams } from './limit-streams.ts'
import { createStillAllowed, type StillAllowedDeps } from './still-allowed.ts'

export type ServeStreamDeps = StillAllowedDeps & {
  streams: { maxPerTenant: number; heartbeatMs: number; stallMs: number }
  onStreamClosed: (closed: { tenantId: string; actor: string; reason: string; openMs: number }) => void
  /** Aborts when the gateway drains: clients resume elsewhere. */
  draining: AbortSignal
}

type Source = {
  /** Where the stream starts: the client resumes from there even if no event ever comes. */
  position: number
  frames: AsyncIterable<string>
}
type Call = { caller: Caller; disconnect: () => void }

export const streamHeaders = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' } as const

/** Each route has a count of its own. `open` gets a signal that ends with the stream. Throws `too-many-streams`, and what `open` throws. */
export function createServeStream(deps: ServeStreamDeps) {
  const admit = limitStreams(deps.streams.maxPerTenant)
  const stillAllowed = createStillAllowed(deps)

  return async ({ caller, disconnect }: Call, open: (signal: AbortSignal) => Promise<Source> | Source) => {
    const { tenantId, actor } = caller
    const release = admit(tenantId)
    const startedAt = deps.now().getTime()
    const abort = new AbortController()
    try {
      const { position, frames } = await open(abort.signal)
      return openConnection({
        opening: `id: ${position}\n: open\n\n`,
        frames,
        mayGoOn: () => stillAllowed(caller),
        heartbeatMs: deps.streams.heartbeatMs,
        stallMs: deps.streams.stallMs,
        draining: deps.draining,
        disconnect,
        onClose: (reason) => {
          abort.abort()
          release()
          deps.onStreamClosed({ tenantId, actor: actorId(actor), reason, openMs: deps.now().getTime() - startedAt })
        },
      })
    } catch (error) {
      release()
      throw error
    }
  }
}
