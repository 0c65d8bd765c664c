// Ends a session's link with its account: by logout, which leaves the session, or by deletion, which leaves nothing.
import type { CloseReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import type { Relay } from '../log/relay.ts'
import type { SessionLog } from '../log/session-log.ts'
import type { Journal } from './journal.ts'
import type { WhatsAppSocket } from './socket.ts'

export type UnlinkDeps = {
  memory: Memory
  log: Pick<SessionLog, 'durable'>
  relay: Pick<Relay, 'idle'>
  journal: Journal
  /** The open socket. */
  socket: () => WhatsAppSocket | undefined
  close: (reason: CloseReason, unlinked: boolean) => void
  release: () => void
  onDeleted: () => Promise<void>
}

export function createUnlinking({ memory, log, relay, journal, socket, close, release, onDeleted }: UnlinkDeps) {
  let deletion: Promise<void> | undefined

  async function logoutIfOpen(): Promise<void> {
    const open = socket()
    if (!open) return
    await log.durable()
    await open.logout().catch(() => {})
  }

  async function forget(): Promise<void> {
    await logoutIfOpen()
    if (!memory.closed) close('logged_out', true)
    if (!memory.deleted) journal.lifecycle({ type: 'session.deleted', data: { at: journal.at() } })
    await log.durable()
    await relay.idle()
    release()
    await onDeleted()
  }

  return {
    /** Does what was asked for while there was no connection. */
    logoutIfOpen,
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
