// What a person acts with in an account: a token of an hour at most, got with the sign-in and kept in a cookie of the account's own pages.
import { error, type RequestEvent, redirect } from '@sveltejs/kit'
import { ApiError } from '@wagate/api/call.ts'
import { forgetSession, keepAccountToken, readAccountToken } from '#lib/server/cookies.ts'
import { accountClient, eventStream, people } from '#lib/server/gateway.ts'
import { orError } from '#lib/server/problem.ts'

/** The API, as the person who looks at these pages may use it in their account. */
export const account = async (event: RequestEvent) =>
  accountClient(event, await accountToken(event), () => renew(event))

/** The account's live events; on pages for operators, the installation's. */
export async function liveEvents(event: RequestEvent, path: '/v1/events' | '/v1/admin/events'): Promise<Response> {
  const lastEventId = event.request.headers.get('last-event-id')
  const answer = await eventStream(event, await accountToken(event), path, lastEventId)
  return answer.status === 401 ? eventStream(event, await renew(event), path, lastEventId) : answer
}

/** One for all loads of a request. */
function accountToken(event: RequestEvent): Promise<string> {
  event.locals.accountToken ??= keptToken(event)
  return event.locals.accountToken
}

async function keptToken(event: RequestEvent): Promise<string> {
  const { sessionToken } = event.locals
  const kept = sessionToken && readAccountToken(event.cookies, placeOf(event).path, sessionToken)
  return kept || getToken(event)
}

/** In place of one that counts no more: roles change, and so do sign-ins. */
function renew(event: RequestEvent): Promise<string> {
  event.locals.accountToken = getToken(event)
  return event.locals.accountToken
}

type Place = { path: string; tenantId: () => Promise<string>; mode: 'test' | 'live' }

/** Which account's pages a request is for. */
function placeOf(event: RequestEvent): Place {
  const { tenant, mode } = event.params
  if (tenant !== undefined && (mode === 'test' || mode === 'live'))
    return { path: `/${tenant}/${mode}`, tenantId: () => Promise.resolve(tenant), mode }
  if (event.route.id?.startsWith('/(app)/operator') === true)
    return { path: '/operator', tenantId: () => operatorsAccount(event), mode: 'live' }
  return error(404)
}

/** Whoever is no operator finds no such page. */
async function operatorsAccount(event: RequestEvent): Promise<string> {
  const { tenants } = await signedIn(event, people(event).me())
  return tenants.find(({ operators }) => operators)?.id ?? error(404)
}

async function getToken(event: RequestEvent): Promise<string> {
  const { path, tenantId, mode } = placeOf(event)
  const { sessionToken } = event.locals
  if (sessionToken === undefined) redirect(303, signInFor(event.url))
  const asked = { tenant_id: await tenantId(), mode }
  const { token, expires_at } = await signedIn(event, people(event).getTenantToken(asked))
  keepAccountToken(event.cookies, event.url, path, { token, expiresAt: new Date(expires_at), sessionToken })
  return token
}

/** Where to sign in, to be led back here. */
export const signInFor = ({ pathname, search }: URL): string =>
  pathname === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(pathname + search)}`

/** Sends whoever is not signed in, or not any more, to sign in and back; any other problem is shown. */
export async function signedIn<Answer>(event: RequestEvent, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (cause) {
    if (!(cause instanceof ApiError) || cause.problem.status !== 401) return orError(Promise.reject(cause))
    forgetSession(event.cookies, event.url)
    redirect(303, signInFor(event.url))
  }
}
