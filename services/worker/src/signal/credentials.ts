// The account's credentials in Baileys' own JSON form (`BufferJSON`), which its readers are known to accept.
import { type AuthenticationCreds, BufferJSON, initAuthCreds } from '@whiskeysockets/baileys'

export type Credentials = AuthenticationCreds

/**
 * Without the pairing code, and before an account is linked without `me`: Baileys sets it as soon as it asks for a code, and
 * the next socket would take it for an account and log in with it.
 */
export function packCredentials(creds: Credentials): Uint8Array {
  const { pairingCode: _, me, ...kept } = creds
  const linked = creds.account !== undefined
  const packed = { ...kept, ...(linked ? { me } : {}), registered: linked && creds.registered }
  return Buffer.from(JSON.stringify(packed, BufferJSON.replacer))
}

/** Fresh ones for an account that is not linked yet. */
export const openCredentials = (packed: Uint8Array | undefined): Credentials =>
  packed ? JSON.parse(Buffer.from(packed).toString(), BufferJSON.reviver) : initAuthCreds()
