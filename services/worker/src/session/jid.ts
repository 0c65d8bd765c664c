// JIDs ↔ parties. A person is `<phone>@s.whatsapp.net` or `<number>@lid`; a device adds `:<n>` before the @.
import type { Party } from '@wagate/messages/envelope.ts'
import { z } from 'zod'

export type JidParts = { user: string; server: string }

/** The user and server of a JID, without its device and agent. */
export function splitJid(jid: string): JidParts | undefined {
  const match = /^([^@:_]+)(?:_\d+)?(?::\d+)?@([a-z.]+)$/.exec(jid)
  return match?.[1] && match[2] ? { user: match[1], server: match[2] } : undefined
}

const isDigits = (text: string): boolean => /^\d{1,24}$/.test(text)

/** Only people: groups, broadcasts and channels are nobody's address. */
export function isPerson(jid: string): boolean {
  const parts = splitJid(jid)
  return !!parts && isDigits(parts.user) && (parts.server === 's.whatsapp.net' || parts.server === 'lid')
}

/** `lookup` finds the other name: a phone number's LID by the number, a LID's phone number by `<lid>_reverse`. */
export function partyOfJid(jid: string, lookup: (id: string) => string | undefined): Party {
  const parts = splitJid(jid)
  if (!parts || !isDigits(parts.user)) return {}
  const isLid = parts.server === 'lid'
  const phone = isLid ? lookup(`${parts.user}_reverse`) : parts.user
  const lid = isLid ? parts.user : lookup(parts.user)
  return { ...(phone ? { phone: `+${phone}` } : {}), ...(lid ? { lid: `${lid}@lid` } : {}) }
}

/** The LID first: WhatsApp sends messages of people under it where both are known, and a receipt goes where its message came from. */
export const jidsOf = ({ phone, lid }: Party): string[] => [
  ...(lid === undefined ? [] : [lid]),
  ...(phone === undefined ? [] : [`${phone.slice(1)}@s.whatsapp.net`]),
]

const credentials = z.object({ me: z.object({ id: z.string(), lid: z.string().optional() }).optional() })

/** Whose account the credentials are, under both names; undefined before pairing. */
export function accountOf(creds: unknown): Party | undefined {
  const me = credentials.safeParse(creds).data?.me
  if (!me) return undefined
  const phone = partyOfJid(me.id, () => undefined).phone
  const lid = me.lid ? partyOfJid(me.lid, () => undefined).lid : undefined
  return { ...(phone ? { phone } : {}), ...(lid ? { lid } : {}) }
}
