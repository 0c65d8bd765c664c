import type { Client } from '@wagate/api/client.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import { waitFor } from './wait-for.ts'

export type LinkedSession = {
  sessionId: string
  /** The phone whose account it is. */
  phone: Phone
}

/** How long anything may take on a machine that is busy with other tests. */
const patienceMs = 60_000

/** A session that a new phone has scanned and that is connected. */
export async function createLinkedSession(client: Client, phone?: Phone): Promise<LinkedSession> {
  const owner = phone ?? (await client.createPhone())
  const { id } = await client.createSession()
  await link(client, id, owner)
  return { sessionId: id, phone: owner }
}

/** Scans the session's QR string with the phone and waits until messages flow. */
export async function link(client: Client, sessionId: string, phone: Phone): Promise<void> {
  // A QR string that expires, or a client that is too busy to answer the phone: scanned anew, as a person would.
  await waitFor(
    async () => {
      const { qr } = await client.getQr(sessionId)
      return client.scanWithPhone(phone.id, { qr })
    },
    { what: 'a QR string that the phone can scan', deadlineMs: patienceMs, everyMs: 250 },
  )
  await connected(client, sessionId)
}

export const connected = (client: Client, sessionId: string) =>
  waitFor(async () => (await client.getSession(sessionId)).status === 'connected', {
    what: `session ${sessionId} to be connected`,
    deadlineMs: patienceMs,
  })
