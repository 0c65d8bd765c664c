import type { Device } from '../account/account.ts'
import type { NetworkContext } from '../network/context.ts'
import type { BinaryNode } from '../wire/node.ts'

/** The children of a result, or an error as WhatsApp words it. */
export type IqAnswer = { result: BinaryNode[] } | { error: { code: number; text: string } }

export type IqHandler = (network: NetworkContext, device: Device, iq: BinaryNode) => IqAnswer

export const done: IqAnswer = { result: [] }
export const badRequest: IqAnswer = { error: { code: 400, text: 'bad-request' } }
export const itemNotFound: IqAnswer = { error: { code: 404, text: 'item-not-found' } }
export const notImplemented: IqAnswer = { error: { code: 501, text: 'feature-not-implemented' } }
