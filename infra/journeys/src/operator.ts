// Somebody who runs the installation: invited by the command line, signed up, with a second factor.
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import { latestMail } from '@wagate/testing/mails.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { totp } from '@wagate/testing/totp.ts'

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
  const confirmed = await signedIn.confirmTwoFactor({ code: totp(secret) })
  const me = createPeopleClient({ baseUrl, sessionToken: confirmed.session_token })
  for (const { id } of (await me.me()).invitations) await me.acceptInvitation(id)
  let steps = 0
  return { email, password, nextCode: () => totp(secret, ++steps) }
}
