// Call stanzas → the event that somebody called.
import { partyOfJid } from '../session/jid.ts'
import { lookupIn } from './aliases.ts'
import type { Fact, Memory } from './memory.ts'
import type { StanzaNote } from './records.ts'

type Call = Extract<Fact, { type: 'call.offered' }>

/** Among the stanzas that may come again; a ciphertext's hash has no such prefix. */
const seenKey = (callId: string): string => `call|${callId}`

/** Empty when it was told already. */
export function callEvents(memory: Memory, { tag, attrs, ids }: StanzaNote, at: string): Call[] {
  const [callId] = ids
  if (tag !== 'call' || !callId || !attrs.from || memory.inbox.has(seenKey(callId))) return []
  memory.inbox.set(seenKey(callId), new Uint8Array())
  const known = partyOfJid(attrs.from, lookupIn(memory))
  const named = attrs.caller_pn ? partyOfJid(attrs.caller_pn, lookupIn(memory)) : {}
  const sentAtMs = Number(attrs.t) * 1_000
  const data = {
    callId,
    from: { ...named, ...known },
    media: attrs.media === 'video' ? ('video' as const) : ('audio' as const),
    ...(attrs.group ? { group: attrs.group } : {}),
    at: sentAtMs > 0 ? new Date(sentAtMs).toISOString() : at,
  }
  return [{ type: 'call.offered', data }]
}
