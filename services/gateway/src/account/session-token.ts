// What a device holds while somebody is signed in on it: the library's signed token with our prefix, so that scanners and people
// know it, and so that it is never taken for an API key. The library hands things over in cookies; here they end.

const prefix = 'wgs_'
const sessionCookie = 'set-auth-token'
const challengeCookie = 'better-auth.two_factor'

export const looksLikeSessionToken = (text: string): boolean => text.startsWith(prefix)

export const sessionHeaders = (token: string): Headers =>
  new Headers({ authorization: `Bearer ${token.slice(prefix.length)}` })

/** The token of the sign-in that an answer began; undefined when it began none. */
export function sessionIn(headers: Headers): string | undefined {
  const token = headers.get(sessionCookie)
  return token ? `${prefix}${token}` : undefined
}

/** Names the sign-in that waits for a second factor; undefined when none does. */
export function challengeIn(headers: Headers): string | undefined {
  for (const cookie of headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
    if (name === challengeCookie && value) return value
  }
  return undefined
}

/** Under which the library knows it: without the signature. */
export const challengeId = (challenge: string): string => decodeURIComponent(challenge).split('.')[0] ?? ''

export function challengeHeaders(challenge: string, headers: Headers): Headers {
  headers.set('cookie', `${challengeCookie}=${/^[\w.%~-]{1,512}$/.test(challenge) ? challenge : ''}`)
  return headers
}
