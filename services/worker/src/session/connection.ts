// The session's way to WhatsApp: one socket at a time, opened again by the disconnect table until a person has to act.
import type { CloseReason, QuarantineReason } from '@wagate/messages/events.ts'
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import { quarantineAt, type Standing } from '../log/standing.ts'
import type { ConnectionObserver } from './connection-counts.ts'
import { backoffMs, quarantineMs, reactionTo } from './disconnect.ts'
import type { OpenDeps } from './open.ts'
import { type Ended, keepAliveMs, type WhatsAppSocket } from './socket.ts'
import type { VersionGate } from './version-gate.ts'

type SocketEvents = OpenDeps['on']

export type ConnectionDeps = {
  /** Opens a socket whose events are these. */
  open: (on: SocketEvents) => WhatsAppSocket
  isLinked: () => boolean
  standing: () => Standing
  /** Resolves when the log has taken all that was begun, which says that the session is still ours; else rejects. */
  stillOwned: () => Promise<void>
  versionGate: VersionGate
  /** Begins when it is the session's turn to log in (`engine/logins.ts`). */
  login: (begin: (done: () => void) => boolean) => void
  random: () => number
  after: (ms: number, run: () => void) => void
  /** When the oldest unacknowledged message was handed to WhatsApp, in ms since 1970. */
  oldestUnacknowledgedMs: () => number | undefined
  nowMs: () => number
  on: Omit<SocketEvents, 'open' | 'closed' | 'frame'> & {
    connecting: () => void
    /** There is no socket any more, or another is about to be opened. */
    gone: () => void
    open: () => void
    /** The socket is gone, or there was none to be had; it is written down before anything follows from it. */
    failed: (code: number, wasOpen: boolean) => void
    proxyFailed: (reason: ProxyFailure) => void
    quarantined: (reason: QuarantineReason, code: number, untilMs: number) => void
    /** Not to be opened again before a person has acted. `unlinked`: the credentials are void. */
    ended: (reason: CloseReason, unlinked: boolean) => void
  }
  observe: ConnectionObserver
  log: (event: string, fields: Record<string, unknown>) => void
}

/** Without an acknowledgement for this long, an open socket is deaf: a new one will tell. */
const deafAfterMs = 75_000
/** Keep-alive intervals without any frame, although each sent a ping: the socket is deaf. */
const silentIntervals = 3
/** A connection that lasted this long was a good one: the back-off begins anew. */
const settledMs = 30_000
/** Timers of a runtime end at 24.8 days, and a clock may be set: a long rest is taken in parts. */
const restPartMs = 15 * 60_000

export type Connection = ReturnType<typeof createConnection>

export function createConnection(deps: ConnectionDeps) {
  const waiting = new Set<() => void>()
  let socket: WhatsAppSocket | undefined
  let openedAtMs: number | undefined
  let failures = 0
  /** Changes whenever somebody connects or gives up: what waited for the one before does nothing. */
  let turn = 0
  let endLogin = (): void => {}
  let frames = 0
  let lastFrameAtMs: number | undefined
  let lastFailure: { code: number; atMs: number } | undefined

  function connect(): void {
    turn += 1
    const heldUntilMs = deps.versionGate.heldUntilMs()
    if (heldUntilMs !== undefined) {
      quarantine('outdated', 405, heldUntilMs)
      return
    }
    deps.on.gone()
    deps.on.connecting()
    const own = turn
    deps.login((done) => {
      if (turn !== own) return false
      endLogin = done
      open()
      return true
    })
  }

  function open(): void {
    const own = deps.open({
      ...deps.on,
      open: () => {
        if (socket !== own) return
        openedAtMs = deps.nowMs()
        endLogin()
        deps.versionGate.accepted()
        deps.on.open()
        settle()
        watchForDeafness(own, 0)
      },
      qr: (qr) => {
        endLogin() // a person may take minutes
        deps.on.qr(qr)
      },
      frame: () => {
        frames += 1
        lastFrameAtMs = deps.nowMs()
      },
      closed: (ended) => {
        if (socket === own) onClosed(ended)
      },
    })
    socket = own
  }

  function onClosed({ code, bannedForMs, proxy }: Ended): void {
    const nowMs = deps.nowMs()
    const wasOpen = openedAtMs !== undefined
    endLogin()
    if (openedAtMs !== undefined && nowMs - openedAtMs >= settledMs) failures = 0
    socket = undefined
    openedAtMs = undefined
    lastFailure = { code, atMs: nowMs }
    deps.observe.closed(code)
    deps.on.gone()
    deps.on.failed(code, wasOpen)
    if (proxy) deps.on.proxyFailed(proxy)
    const reaction = reactionTo(code, deps.isLinked(), deps.standing(), nowMs)
    deps.log('session.socket_closed', { code, reaction: reaction.kind })
    switch (reaction.kind) {
      case 'close':
        deps.on.ended(reaction.reason, reaction.unlinked)
        return
      case 'restart':
        connect()
        return
      case 'quarantine': {
        const { reason } = reaction
        const isOutdated = reason === 'outdated'
        const untilMs = isOutdated
          ? deps.versionGate.refused()
          : nowMs + quarantineMs(reason, deps.standing(), nowMs, bannedForMs)
        quarantine(reason, code, untilMs)
        return
      }
      case 'reconnect':
        failures += 1
        wait(backoffMs(failures, reaction, deps.random()), connect)
    }
  }

  /** `run`, unless somebody connected or gave up meanwhile, or the session has another owner. */
  function wait(ms: number, run: () => void): void {
    turn += 1
    const own = turn
    deps.after(ms, () => {
      if (turn !== own) return
      void deps.stillOwned().then(
        () => turn === own && run(),
        () => {}, // fenced: the session is released
      )
    })
  }

  function quarantine(reason: QuarantineReason, code: number, untilMs: number): void {
    deps.observe.quarantined(reason)
    deps.on.quarantined(reason, code, untilMs)
    rest()
  }

  /** Waits for the end of the quarantine, then connects. */
  function rest(): void {
    const nowMs = deps.nowMs()
    const current = quarantineAt(deps.standing(), nowMs)
    if (current) wait(Math.min(current.untilMs - nowMs, restPartMs), rest)
    else connect()
  }

  function watchForDeafness(own: WhatsAppSocket, silent: number): void {
    const heard = frames
    deps.after(keepAliveMs, () => {
      if (socket !== own) return
      const nowSilent = frames === heard ? silent + 1 : 0
      const since = deps.oldestUnacknowledgedMs()
      const unanswered = since !== undefined && deps.nowMs() - since > deafAfterMs
      if (nowSilent < silentIntervals && !unanswered) {
        watchForDeafness(own, nowSilent)
        return
      }
      deps.observe.deaf()
      deps.log('session.deaf', { by: unanswered ? 'unacknowledged' : 'silence' })
      own.close()
      onClosed({ code: 408 })
    })
  }

  /** Closes the socket, if there is one; nothing opens another before `connect`. */
  function close(): void {
    const own = socket
    turn += 1
    endLogin()
    socket = undefined
    openedAtMs = undefined
    failures = 0
    own?.close()
    settle()
  }

  function settle(): void {
    for (const resolve of waiting) resolve()
    waiting.clear()
  }

  return {
    connect,
    /** Unless somebody connects or gives up meanwhile. */
    connectAfter: (ms: number): void => (ms > 0 ? wait(ms, connect) : connect()),
    rest,
    /** The socket, open or not yet. */
    socket: (): WhatsAppSocket | undefined => socket,
    /** The open socket. */
    current: (): WhatsAppSocket | undefined => (openedAtMs === undefined ? undefined : socket),
    close,
    /** Opens a socket if there is none. Resolves when one is open, when none will be, or after so long. */
    opened(ms: number): Promise<void> {
      if (openedAtMs !== undefined) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.add(resolve)
        deps.after(ms, resolve)
        if (!socket) connect()
      })
    },
    reconnect(): void {
      close()
      connect()
    },
    facts: () => ({ lastFrameAtMs, lastFailure }),
  }
}
