// The only file that knows where the gateway is. The dashboard uses the public API, as customers do, and nothing else.

import type { RequestEvent } from '@sveltejs/kit'
import { createClient } from '@wagate/api/client.ts'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { API_URL, DASHBOARD_SECRET, GATEWAY_URL } from '$app/env/private'

/** Hands on where the request comes from and with what program, which limits and lists of sign-ins are made of. */
function fetchFor(event: RequestEvent): typeof fetch {
  const seen = {
    ...(DASHBOARD_SECRET !== '' && {
      'x-dashboard-secret': DASHBOARD_SECRET,
      'x-client-address': event.getClientAddress(),
    }),
    'user-agent': event.request.headers.get('user-agent') ?? '',
  }
  return (input, init) => fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), ...seen } })
}

const clientFor = (event: RequestEvent, credential: { sessionToken?: string }) =>
  createPeopleClient({ baseUrl: GATEWAY_URL, fetch: fetchFor(event), ...credential })

/** For somebody who is signed in, as far as the cookie tells. */
export const people = (event: RequestEvent) => {
  const { sessionToken } = event.locals
  return clientFor(event, sessionToken === undefined ? {} : { sessionToken })
}

/** For whoever it is: what they are signed in with stays here. */
export const anybody = (event: RequestEvent) => clientFor(event, {})

/** Within an account, with a token of it; one that counts no more is renewed once. */
export function accountClient(event: RequestEvent, token: string, renew: () => Promise<string>) {
  const send = fetchFor(event)
  const sendAgain: typeof fetch = async (input, init) => {
    const answer = await send(input, init)
    if (answer.status !== 401) return answer
    const authorization = `Bearer ${await renew()}`
    return send(input, { ...init, headers: { ...(init?.headers as Record<string, string>), authorization } })
  }
  return createClient({ baseUrl: GATEWAY_URL, fetch: sendAgain, apiKey: token })
}

/** A stream of events as the gateway sends it; it ends with the request. `lastEventId`: where to go on. */
export const eventStream = (event: RequestEvent, token: string, path: string, lastEventId: string | null) =>
  fetchFor(event)(new URL(path, GATEWAY_URL), {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastEventId !== null && { 'last-event-id': lastEventId }),
    },
    signal: event.request.signal,
  })

/** Where customers' programs reach the API: what examples say. */
export const apiUrl = (): string => (API_URL === '' ? GATEWAY_URL : API_URL)

export const gatewayAnswers = (): Promise<boolean> =>
  fetch(new URL('/healthz', GATEWAY_URL), { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.ok,
    () => false,
  )
