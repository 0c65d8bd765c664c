// Between password and second factor: which sign-in it is, for the few minutes that the gateway waits.
import type { RequestEvent } from '@sveltejs/kit'

const name = 'wagate_challenge'
const options = (url: URL) =>
  ({ path: '/second-factor', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' }) as const

export const keepChallenge = ({ cookies, url }: RequestEvent, challenge: string): void =>
  cookies.set(name, challenge, { ...options(url), maxAge: 600 })
export const challengeOf = ({ cookies }: RequestEvent): string | undefined => cookies.get(name)
export const forgetChallenge = ({ cookies, url }: RequestEvent): void => cookies.delete(name, options(url))
