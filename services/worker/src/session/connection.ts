// The session's way to WhatsApp: one socket at a time, opened again by the disconnect table until a person has to act.
import type { CloseReason } from '@wagate/messages/events.ts'
import { backoffMs, reactionTo } from './disconnect.ts'
import type { OpenDeps } from './open.ts'
import type { WhatsAppSocket } from './socket.ts'

type SocketEvents = OpenDeps['on']

export type ConnectionDeps = {
  /** Opens a socket whose events are these. */
  open: (on: SocketEvents) => WhatsAppSocket
  isLinked: () => boolean
  random: () => number
  after: (ms: number, run: () => void) => void
  /** When the oldest unacknowledged message was handed to WhatsApp, in ms since 1970. */
  oldestUnacknowledgedMs: () => number | undefined
  nowMs: () => number
  on: Omit<SocketEvents, 'open' | 'closed'> & {
    connecting: () => void
    open: () => void
    /** The socket is gone and will be opened again; told only if it had been open. */
    lost: (code: number, reason: string) => void
    /** Not to be opened again before a person has acted. `unlinked`: the credentials are void. */
    ended: (reason: CloseReason, unlinked: boolean) => void
  }
  log: (event: string, fields: Record<string, unknown>) => void
}

/** Without an acknowledgement for this long, an open socket is deaf: a new one will tell. */
const deafAfterMs = 75_000

export type Connection = ReturnType<typeof createConnection>

export function createConnection(deps: ConnectionDeps) {
  let socket: WhatsAppSocket | undefined
  let isOpen = false
  let failures = 0

  function connect(): void {
    deps.on.connecting()
    const own = deps.open({
      ...deps.on,
      open: () => {
        if (socket !== own) return
        isOpen = true
        failures = 0
        deps.on.open()
        watchForDeafness(own)
      },
      closed: (code) => {
        if (socket === own) onClosed(code)
      },
    })
    socket = own
  }

  function onClosed(code: number): void {
    const wasOpen = isOpen
    socket = undefined
    isOpen = false
    const reaction = reactionTo(code, deps.isLinked())
    deps.log('session.socket_closed', { code, reaction: reaction.kind })
    switch (reaction.kind) {
      case 'close':
        deps.on.ended(reaction.reason, reaction.unlinked)
        return
      case 'restart':
        connect()
        return
      case 'reconnect':
        if (wasOpen) deps.on.lost(code, reaction.reason)
        connectLater(reaction.minMs)
    }
  }

  function connectLater(minMs: number): void {
    failures += 1
    const attempt = failures
    deps.after(backoffMs(failures, minMs, deps.random()), () => {
      // Somebody may have connected or given up meanwhile.
      if (!socket && failures === attempt) connect()
    })
  }

  function watchForDeafness(own: WhatsAppSocket): void {
    deps.after(deafAfterMs / 3, () => {
      if (socket !== own) return
      const since = deps.oldestUnacknowledgedMs()
      if (since === undefined || deps.nowMs() - since <= deafAfterMs) return watchForDeafness(own)
      own.close()
      onClosed(408)
    })
  }

  return {
    connect,
    /** The open socket. */
    current: (): WhatsAppSocket | undefined => (isOpen ? socket : undefined),
    /** Closes the socket, if there is one; nothing opens another before `connect`. */
    close(): void {
      const own = socket
      socket = undefined
      isOpen = false
      failures = 0
      own?.close()
    },
  }
}
