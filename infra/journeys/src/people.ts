// People who are there before a journey begins: signed up through the API, which is quicker than by hand.
import { type Client, createClient } from '@wagate/api/client.ts'
import type { Member } from '@wagate/api/member.ts'
import { createPeopleClient, type PeopleClient } from '@wagate/api/people-client.ts'
import { latestMail } from '@wagate/testing/mails.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

type Stack = Pick<TestStack, 'url'>
export type Login = { name: string; email: string; password: string }
export type Person = Login & { people: PeopleClient }
/** `api`: with the first key of their account, in test mode. */
export type Owner = Person & { tenantId: string; api: Client }

const password = 'vier tische neben dem ofen'

type New = { name: string; email: string; company?: string }

/** Somebody new, with an account of their own unless they were invited to one. */
export async function signUpByApi(stack: Stack, who: New) {
  const baseUrl = stack.url('gateway')
  const anyone = createPeopleClient({ baseUrl })
  await anyone.signUp({ ...who, password })
  const { links } = await latestMail(stack, who.email, { subject: 'Confirm' })
  const token = decodeURIComponent(new URL(links[0] ?? '').hash.slice('#token='.length))
  const { session_token: sessionToken, tenant, api_key: apiKey } = await anyone.verifyEmail({ token, password })
  const login: Login = { name: who.name, email: who.email, password }
  const people = createPeopleClient({ baseUrl, sessionToken })
  return { login, people, tenantId: tenant?.id ?? '', apiKey: apiKey ?? '' }
}

export async function createOwner(stack: Stack, who: New): Promise<Owner> {
  const { login, people, tenantId, apiKey } = await signUpByApi(stack, who)
  return { ...login, people, tenantId, api: createClient({ baseUrl: stack.url('gateway'), apiKey }) }
}

/** Invited by the owner, signed up and in the account; in no other. */
export async function createMember(stack: Stack, owner: Owner, who: New, role: Member['role']): Promise<Person> {
  const { token } = await owner.people.getTenantToken({ tenant_id: owner.tenantId, mode: 'test' })
  const asOwner = createClient({ baseUrl: stack.url('gateway'), apiKey: token })
  const { id } = await asOwner.invite({ email: who.email, role })
  const { login, people } = await signUpByApi(stack, who)
  await people.acceptInvitation(id)
  return { ...login, people }
}

/** Of somebody in the journey of that name: no two journeys share people. */
export const addressIn = (journey: string, name: string): string =>
  `${name.toLowerCase()}@${journey.replace(/\W+/g, '-').toLowerCase()}.example`
