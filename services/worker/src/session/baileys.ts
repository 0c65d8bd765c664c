// Small facts about Baileys that its types do not tell.
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import type { SocketConfig } from '@whiskeysockets/baileys'
import { z } from 'zod'

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

/** How a connection ended. */
export type Ended = {
  /** WhatsApp's code, or Baileys' own for what it noticed itself. */
  code: number
  /** How long a temporary ban lasts, if WhatsApp says so. */
  bannedForMs?: number
  /** WhatsApp was not reached: why the session's proxy did not let it through. */
  proxy?: ProxyFailure
}

const ending = z.object({ output: z.object({ statusCode: z.number() }), data: z.unknown().optional() })
/** `<failure reason="402" code="…" expire="<seconds>"/>` */
const failureNode = z.object({ expire: z.coerce.number().positive() })

/** Of the error that Baileys closed with; 428 when it gave none. */
export function readEnding(error: unknown): Ended {
  const known = ending.safeParse(error).data
  if (!known) return { code: 428 }
  const code = known.output.statusCode
  const ban = code === 402 ? failureNode.safeParse(known.data).data : undefined
  return { code, ...(ban ? { bannedForMs: ban.expire * 1_000 } : {}) }
}

/** Baileys throws this when no device of the recipient could be encrypted for; then no frame was made. */
export const isEncryptionFailure = (error: unknown): boolean =>
  error instanceof Error && error.message === 'All encryptions failed'
