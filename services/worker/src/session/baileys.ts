// Small facts about Baileys that its types do not tell.
import type { SocketConfig } from '@whiskeysockets/baileys'

type BaileysLogger = SocketConfig['logger']

/** Baileys logs stanzas, keys and message texts, so nothing of it is kept; what matters is logged by us. */
export const silentLogger: BaileysLogger = {
  level: 'silent',
  child: () => silentLogger,
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
}

type Outgoing = {
  send: (data: Uint8Array | string, done?: (error?: Error) => void) => void
  readyState: number
  OPEN: number
}

/** Whether this is the WebSocket that frames leave through. */
export const isOutgoing = (value: unknown): value is Outgoing =>
  typeof value === 'object' &&
  value !== null &&
  'send' in value &&
  typeof value.send === 'function' &&
  'readyState' in value

/** The code that Baileys closed with; 428 when it gave none. */
export function getErrorCode(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('output' in error)) return 428
  const output = error.output
  if (typeof output !== 'object' || output === null || !('statusCode' in output)) return 428
  return typeof output.statusCode === 'number' ? output.statusCode : 428
}

/** Baileys throws this when no device of the recipient could be encrypted for; then no frame was made. */
export const isEncryptionFailure = (error: unknown): boolean =>
  error instanceof Error && error.message === 'All encryptions failed'
