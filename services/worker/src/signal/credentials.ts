// The account's credentials in Baileys' own JSON form (`BufferJSON`), which its readers are known to accept.
import { type AuthenticationCreds, BufferJSON, initAuthCreds } from '@whiskeysockets/baileys'

export type Credentials = AuthenticationCreds

export const packCredentials = (creds: Credentials): Uint8Array =>
  Buffer.from(JSON.stringify(creds, BufferJSON.replacer))

/** Fresh ones for an account that is not linked yet. */
export const openCredentials = (packed: Uint8Array | undefined): Credentials =>
  packed ? JSON.parse(Buffer.from(packed).toString(), BufferJSON.reviver) : initAuthCreds()
