// The only file that knows where the gateway is. The dashboard uses the public API, as customers do, and nothing else.

import type { RequestEvent } from '@sveltejs/kit'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { DASHBOARD_SECRET, GATEWAY_URL } from '$app/env/private'

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

export const gatewayAnswers = (): Promise<boolean> =>
  fetch(new URL('/healthz', GATEWAY_URL), { signal: AbortSignal.timeout(2_000) }).then(
    (answer) => answer.ok,
    () => false,
  )
