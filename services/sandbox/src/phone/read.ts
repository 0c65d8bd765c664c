import { routeReceipt } from '../network/receipt.ts'
import { node } from '../wire/node.ts'
import { type Phone, type PhoneDeps, raiseStatus } from './phone.ts'
import type { ShownMessage } from './shown.ts'

/** Marks messages as read and tells their authors, with one receipt per chat. */
export function sendReadReceipts({ network }: PhoneDeps, phone: Phone, messages: ShownMessage[]): void {
  for (const [to, read] of Map.groupBy(messages, (message) => message.replyTo)) {
    for (const message of read) raiseStatus(message, 'read')
    const [first, ...others] = read.map(({ id }) => id)
    if (first === undefined) continue
    const items = others.map((id) => node('item', { id }))
    const content = items.length > 0 ? [node('list', {}, items)] : undefined
    routeReceipt(network, phone.device, node('receipt', { id: first, to, type: 'read' }, content))
  }
}
