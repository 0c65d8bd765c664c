// libsignal has several sessions with a device when one was begun anew while messages of the older were on their way. It tries a
// message on each, newest first, and a try that fails has stepped the ratchet of a session that it does not belong to: that state is
// stored, and the device can read nothing that is encrypted with it. Here each try has a copy, and only the one that fits is kept.
import { createRequire } from 'node:module'

type Session = { serialize: () => unknown; getChain: (ratchetKey: Buffer) => unknown; pendingPreKey?: unknown }
type Found = { session: Session; plaintext: Uint8Array }
type Cipher = { decryptWithSessions: (data: Uint8Array, sessions: Session[]) => Promise<Found> }

const isCipher = (value: unknown): value is Cipher =>
  typeof value === 'object' && value !== null && 'decryptWithSessions' in value

/** The very module that Baileys loads: it is none of ours. */
export function sessionCipher(): Cipher {
  const { SessionCipher } = createRequire(import.meta.resolve('@whiskeysockets/baileys'))('libsignal')
  const prototype: unknown = SessionCipher?.prototype
  if (!isCipher(prototype)) throw new Error('this version of libsignal tries sessions elsewhere')
  return prototype
}

/** For every repository of this process. */
export function tryOnCopies(cipher: Cipher): void {
  const tryAll = cipher.decryptWithSessions
  cipher.decryptWithSessions = async function (data, sessions) {
    // With one session nothing is stored when it does not fit.
    if (sessions.length < 2) return tryAll.call(this, data, sessions)
    // The ratchet's key is known to the one session that it belongs to: no other can fit, and no ratchet is stepped.
    const ratchetKey = ratchetKeyOf(data)
    const known = ratchetKey && sessions.find((session) => session.getChain(ratchetKey))
    if (known) return tryAll.call(this, data, [known])
    let failure: unknown
    for (const session of sessions) {
      try {
        const { session: stepped, plaintext } = await tryAll.call(this, data, [copyOf(session)])
        Object.assign(session, stepped)
        if (!('pendingPreKey' in stepped)) delete session.pendingPreKey
        return { session, plaintext }
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
}

/** A message begins with a version byte and, as its first field, 33 bytes of key (WhisperTextProtocol.proto). */
function ratchetKeyOf(data: Uint8Array): Buffer | undefined {
  return data[1] === firstFieldBytes && data[2] === keyBytes ? Buffer.from(data.subarray(3, 3 + keyBytes)) : undefined
}
const firstFieldBytes = 0x0a
const keyBytes = 33

function copyOf(session: Session): Session {
  const { deserialize } = Object(session.constructor)
  return Reflect.apply(deserialize, session.constructor, [session.serialize()])
}
