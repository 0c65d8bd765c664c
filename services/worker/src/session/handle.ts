// Which command asks what of a session.
import type { Command } from '@wagate/messages/commands.ts'
import type { Sender } from '../message/sender.ts'
import { type Caution, taken } from './caution.ts'
import type { Connection } from './connection.ts'
import type { CommandOutcome } from './deps.ts'
import type { Pairing } from './pairing.ts'
import type { Setbacks } from './setbacks.ts'

export type SessionVerbs = {
  /** Tells how it fares. */
  check: () => void
  setbacks: Pick<Setbacks, 'forget'>
  connection: Pick<Connection, 'reconnect'>
  unlinking: { logout: () => Promise<void>; delete: () => Promise<void> }
  pairing: Pick<Pairing, 'ask'>
  sender: Pick<Sender, 'accept' | 'cancel'>
  caution: Caution | undefined
  isClosed: () => boolean
}

/** Resolves when the effect of the command is in the log. */
export async function handleCommand(session: SessionVerbs, command: Command): Promise<CommandOutcome> {
  switch (command.type) {
    case 'session.create':
      return 'done'
    case 'session.check':
      session.check()
      return 'done'
    case 'session.restart':
      session.setbacks.forget()
      session.connection.reconnect()
      return 'done'
    case 'session.logout':
      await session.unlinking.logout()
      return 'done'
    case 'session.delete':
      await session.unlinking.delete()
      return 'done'
    case 'session.request_pairing_code':
      return session.pairing.ask(command)
    case 'message.send': {
      const refusal = () => (session.isClosed() ? 'session-closed' : undefined)
      return taken(session.caution, command.data.lane, () => session.sender.accept(command, refusal))
    }
    case 'message.cancel':
      await session.sender.cancel(command.data.messageId)
      return 'done'
  }
}
