// Somebody who runs the installation: invited by the command line, signed up, with a second factor.
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { totp } from '@wagate/testing/totp.ts'
import { type Login, signUpByApi } from './people.ts'

export type Operator = Login & {
  /** What their authenticator app shows next: each code is good once. */
  nextCode: () => string
}

export async function createOperator(stack: Pick<TestStack, 'url' | 'wiring'>, name: string): Promise<Operator> {
  const email = `${name.toLowerCase()}@example.com`
  await admin(stack.wiring, ['operator', 'invite', '--email', email], AbortSignal.timeout(60_000))
  const { login, people } = await signUpByApi(stack, { name, email })
  const { uri } = await people.setUpTwoFactor({ password: login.password })
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const { session_token: sessionToken } = await people.confirmTwoFactor({ code: totp(secret) })
  const me = createPeopleClient({ baseUrl: stack.url('gateway'), sessionToken })
  for (const { id } of (await me.me()).invitations) await me.acceptInvitation(id)
  let steps = 0
  return { ...login, nextCode: () => totp(secret, ++steps) }
}
