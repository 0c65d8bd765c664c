// Somebody who runs the installation: invited by the command line, signed up, with a second factor.
import { createHmac } from 'node:crypto'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import { latestMail } from '@wagate/testing/mails.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

export type Operator = {
  email: string
  password: string
  /** What their authenticator app shows next: each code is good once. */
  nextCode: () => string
}

export async function createOperator(stack: TestStack, name: string): Promise<Operator> {
  const email = `${name.toLowerCase()}@example.com`
  const password = 'acht stuehle vor dem fenster'
  const baseUrl = stack.url('gateway')
  await admin(stack.wiring, ['operator', 'invite', '--email', email], AbortSignal.timeout(60_000))
  const anyone = createPeopleClient({ baseUrl })
  await anyone.signUp({ email, password, name, company: name })
  const { links } = await latestMail(stack, email, { subject: 'Confirm' })
  const token = decodeURIComponent(new URL(links[0] ?? '').hash.replace('#token=', ''))
  const { session_token: sessionToken } = await anyone.verifyEmail({ token, password })
  const signedIn = createPeopleClient({ baseUrl, sessionToken })
  const { uri } = await signedIn.setUpTwoFactor({ password })
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const confirmed = await signedIn.confirmTwoFactor({ code: totp(secret, 0) })
  const me = createPeopleClient({ baseUrl, sessionToken: confirmed.session_token })
  for (const { id } of (await me.me()).invitations) await me.acceptInvitation(id)
  let steps = 0
  return { email, password, nextCode: () => totp(secret, ++steps) }
}

/** RFC 6238: six digits, 30 s, SHA-1; of now, or so many steps later. */
function totp(base32: string, steps: number): string {
  const bits = [...base32]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
