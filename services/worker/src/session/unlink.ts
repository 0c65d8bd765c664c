// Ends a session's link with its account: by logout, which leaves the session, or by deletion, which leaves nothing.
import type { CloseReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import type { Relay } from '../log/relay.ts'
import type { SessionLog } from '../log/session-log.ts'
import type { Snapshotter } from '../log/snapshotter.ts'
import type { Journal } from './journal.ts'
import type { WhatsAppSocket } from './socket.ts'

export type UnlinkDeps = {
  memory: Memory
  log: Pick<SessionLog, 'durable'>
  relay: Pick<Relay, 'idle'>
  journal: Journal
  snapshots: Pick<Snapshotter, 'idle'>
  /** The open socket. */
  socket: () => WhatsAppSocket | undefined
  /** Connects if there is no socket; resolves when one is open, when none will be, or after so long. */
  opened: (ms: number) => Promise<void>
  close: (reason: CloseReason, unlinked: boolean) => void
  release: () => void
  onDeleted: () => Promise<void>
}

/** A session that is deleted while it is offline connects once more, to log out; without WhatsApp it is forgotten all the same. */
const connectWithinMs = 15_000

/** Whether it ends because somebody asked for that: what has no account any more, or no order to unlink it, lost it otherwise. */
export const howItEnds = ({ logoutRequested, linked }: Memory, reason: CloseReason) => ({
  reason,
  ...(reason === 'logged_out' && (logoutRequested || !linked) && { requested: true as const }),
})

export function createUnlinking(deps: UnlinkDeps) {
  const { memory, log, relay, journal, snapshots, socket, opened, close, release, onDeleted } = deps
  let deletion: Promise<void> | undefined

  async function logoutIfOpen(): Promise<void> {
    const open = socket()
    if (!open) return
    await log.durable()
    await open.logout().catch(() => {})
  }

  async function forget(): Promise<void> {
    if (memory.linked) await opened(connectWithinMs)
    if (journal.released()) throw new Error('the session has moved')
    await logoutIfOpen()
    if (!memory.closed) close('logged_out', true)
    if (!memory.deleted) journal.lifecycle({ type: 'session.deleted', data: { at: journal.at() } })
    await log.durable()
    await relay.idle()
    release()
    await snapshots.idle() // one that is being stored would stay behind
    await onDeleted()
  }

  return {
    /** There is a connection: does what was asked for while there was none. False when that is nothing. */
    resume(): boolean {
      if (!deletion && memory.logoutRequested) void logoutIfOpen().catch(() => {})
      return deletion !== undefined || memory.logoutRequested
    },
    /** Unlinks the account at WhatsApp, now or as soon as there is a connection. */
    async logout(): Promise<void> {
      if (memory.closed) return
      if (!memory.linked) return close('logged_out', true)
      await log.durable(journal.append([{ kind: 'LOGOUT', at: journal.at() }]))
      await logoutIfOpen()
    },
    /** Unlinks the account, tells that the session is gone, and forgets it. Asked again, it is the same deletion. */
    delete(): Promise<void> {
      deletion ??= forget()
      return deletion
    },
  }
}
