// What a service asks a worker to do. Imperative names; a breaking change is a new type.
import { z } from 'zod'
import { content, envelopeFields, mode } from './envelope.ts'
import { parseJson } from './parse.ts'

const command = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({ ...envelopeFields, type: z.literal(type), data })

export const lanes = ['high', 'normal', 'bulk'] as const
export const lane = z.enum(lanes)
export type Lane = z.infer<typeof lane>

const messageId = z.string().regex(/^msg_[0-9A-Z]{26}$/)

/** Longest text that WhatsApp accepts in one message, in UTF-16 code units. */
export const maxTextLength = 65_536

/** Host this session: connect, and show a QR string until a phone has scanned it. */
export const sessionCreate = command('session.create', z.object({ mode, name: z.string().max(100).optional() }))
/** Close the socket and open it again; a logged-out session starts afresh with a new QR string. */
export const sessionRestart = command('session.restart', z.object({}))
/** Write the session's state as it is now: somebody asks how it fares. */
export const sessionCheck = command('session.check', z.object({}))
/** Unlink the device at WhatsApp; the session stays, logged out. */
export const sessionLogout = command('session.logout', z.object({}))
/** Unlink, then forget the session and its keys. */
export const sessionDelete = command('session.delete', z.object({}))
/** Show a pairing code for the phone with this number, as another way than the QR string; repeated, the code that is valid now. */
export const sessionRequestPairingCode = command(
  'session.request_pairing_code',
  z.object({ phone: z.string().regex(/^\+[1-9]\d{6,14}$/) }),
)
/** Send one message; its outcome is an event that carries `messageId`. */
export const messageSend = command(
  'message.send',
  z.object({
    messageId,
    /** `+<E.164>` or `<digits>@lid`. */
    to: z.string().regex(/^(\+[1-9]\d{4,19}|\d{1,24}@lid)$/),
    content,
    lane: lane.default('normal'),
    /** When the gateway took it. */
    acceptedAt: z.iso.datetime(),
    /** Not to be handed to WhatsApp after this. */
    expiresAt: z.iso.datetime().optional(),
  }),
)
/** Do not send it, if it still waits. May come before the message itself; comes to nothing once WhatsApp may have the message. */
export const messageCancel = command('message.cancel', z.object({ messageId }))

export const anyCommand = z.discriminatedUnion('type', [
  sessionCreate,
  sessionRestart,
  sessionCheck,
  sessionLogout,
  sessionDelete,
  sessionRequestPairingCode,
  messageSend,
  messageCancel,
])
export type Command = z.infer<typeof anyCommand>
export type CommandType = Command['type']
export type CommandOf<Type extends CommandType> = Extract<Command, { type: Type }>

/** Parses the bytes of a command; the error names the fields that are wrong and never quotes their values. */
export function parseCommand(bytes: Uint8Array): { ok: true; command: Command } | { ok: false; reason: string } {
  return parseJson(bytes, anyCommand, (value) => ({ ok: true, command: value }))
}

/** Why a command is in DEAD_LETTERS that killed whoever took it; it was told as failed. */
export const poisonCause = 'engines died whenever they handled it'
