/** "typing…": passed on to the devices that are there and want to hear of it, and never kept for those that are not. */
import { accountJid, type Device } from '../account/account.ts'
import { parseUserJid } from '../wire/jid.ts'
import { type BinaryNode, childOf, node } from '../wire/node.ts'
import type { NetworkContext } from './context.ts'

export type ChatState = 'composing' | 'paused'

export const stateOf = (stanza: BinaryNode): ChatState | undefined =>
  (['composing', 'paused'] as const).find((state) => childOf(stanza, state) !== undefined)

export function routeChatState({ directory }: NetworkContext, from: Device, stanza: BinaryNode): void {
  const address = parseUserJid(stanza.attrs.to)
  const other = address && directory.find(from.account.realm, address.user)
  const state = stateOf(stanza)
  if (!address || !other || other === from.account || !state) return
  const told = node('chatstate', { from: accountJid(from.account, address.mode) }, [node(state, {})])
  for (const { link } of other.devices.values())
    if (link?.isActive() && link.hearsTyping(from.account)) link.receive(told)
}
