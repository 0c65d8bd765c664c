import { jidDecode } from '@whiskeysockets/baileys'

/** A person is addressed by phone number (`pn`, @s.whatsapp.net) or by LID (`lid`, @lid); a chat stays in one mode. */
export type AddressingMode = 'pn' | 'lid'

export type UserAddress = {
  mode: AddressingMode
  /** Digits of the phone number, or of the LID. */
  user: string
  /** 0 is the phone itself. */
  device: number
}

/** The WhatsApp server's own address; on the wire it is a jid with an empty user. */
export const serverJid = '@s.whatsapp.net'

/** Reads the address of a person or of one device of theirs; undefined for groups, broadcasts, newsletters and anything else. */
export function parseUserJid(jid: string | undefined): UserAddress | undefined {
  const decoded = jidDecode(jid)
  if (!decoded?.user || !/^\d+$/.test(decoded.user)) return undefined
  const device = decoded.device ?? 0
  if (decoded.server === 's.whatsapp.net' || decoded.server === 'c.us')
    return { mode: 'pn', user: decoded.user, device }
  if (decoded.server === 'lid') return { mode: 'lid', user: decoded.user, device }
  return undefined
}

/** Writes an address; device 0 has no suffix, as on the wire. */
export function formatJid({ mode, user, device }: UserAddress): string {
  const suffix = device === 0 ? '' : `:${device}`
  return `${user}${suffix}@${mode === 'pn' ? 's.whatsapp.net' : 'lid'}`
}
