// Whose demo it is: somebody who signs up once, as a customer would, and signs in again at every later demo.
import { randomBytes } from 'node:crypto'
import { type Client, createClient } from '@wagate/api/client.ts'
import { createPeopleClient, type PeopleClient } from '@wagate/api/people-client.ts'
import { z } from 'zod'
import { answerWithinMs, eventWithinMs } from './stage.ts'
import type { Steps } from './steps.ts'
import { waitUntil } from './wait-until.ts'

/** What the person signs in with, and what their programs send. */
export type Account = { email: string; password: string; apiKey: string }

const mails = z.object({ mails: z.array(z.object({ links: z.array(z.string()) })) })

export async function openAccount(
  steps: Steps,
  { baseUrl, mailUrl }: { baseUrl: string; mailUrl: string },
  last: Account | undefined,
): Promise<{ account: Account; client: Client }> {
  const people = createPeopleClient({ baseUrl })
  const account = (last && (await signInAgain(steps, baseUrl, people, last))) ?? (await signUp(steps, people, mailUrl))
  return { account, client: createClient({ baseUrl, apiKey: account.apiKey }) }
}

/** Undefined when there is no such person any more, or the key was taken back: then somebody else signs up. */
async function signInAgain(
  steps: Steps,
  baseUrl: string,
  people: PeopleClient,
  last: Account,
): Promise<Account | undefined> {
  return steps.run(
    {
      where: 'api',
      what: 'POST /v1/auth/sign-in',
      expected: 'the person of the last demo, or the news that there is none',
      look: ['gateway', 'postgres'],
      withinMs: answerWithinMs,
    },
    async () => {
      const { email, password, apiKey } = last
      const [signedIn, listed] = await Promise.allSettled([
        people.signIn({ email, password }),
        createClient({ baseUrl, apiKey }).listSessions({ limit: 1 }),
      ])
      const known = signedIn.status === 'fulfilled' && listed.status === 'fulfilled'
      return { value: known ? last : undefined, detail: known ? email : 'nobody yet' }
    },
  )
}

async function signUp(steps: Steps, people: PeopleClient, mailUrl: string): Promise<Account> {
  const email = `ada.${randomBytes(3).toString('hex')}@example.com`
  const password = randomBytes(12).toString('base64url')

  await steps.run(
    {
      where: 'api',
      what: 'POST /v1/auth/sign-up',
      expected: 'a mail with a link that proves the address',
      look: ['gateway', 'postgres'],
      withinMs: answerWithinMs,
    },
    async () => ({
      value: await people.signUp({ email, password, name: 'Ada', company: 'Trattoria Ada' }),
      detail: email,
    }),
  )
  const link = await steps.run(
    {
      where: 'mail',
      what: 'Confirm your e-mail address',
      expected: 'the mail with the link',
      look: ['mail', 'gateway'],
      withinMs: eventWithinMs,
    },
    async (signal) => ({
      value: await waitUntil(async () => {
        const answer = await fetch(`${mailUrl}/mails?to=${encodeURIComponent(email)}`, { signal })
        return mails.parse(await answer.json()).mails[0]?.links[0]
      }, signal),
    }),
  )
  return steps.run(
    {
      where: 'api',
      what: 'POST /v1/auth/verify-email',
      expected: 'an account with a test key',
      look: ['gateway', 'postgres', 'sandbox'],
      withinMs: answerWithinMs,
    },
    async () => {
      const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token') ?? ''
      const { api_key } = await people.verifyEmail({ token, password })
      if (api_key === null) throw new Error('no key was made for the new account')
      return { value: { email, password, apiKey: api_key }, detail: `${api_key.slice(0, 18)}…` }
    },
  )
}
