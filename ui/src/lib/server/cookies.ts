// What the browser keeps. Scripts can read none of it.
import type { Cookies } from '@sveltejs/kit'

const dayInSeconds = 86_400

export const cookieNames = { session: 'wagate_session', language: 'wagate_language', theme: 'wagate_theme' } as const

const options = (url: URL) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' }) as const

/** A sign-in lasts for 30 days after its last use; the gateway judges, the cookie only does not outlive it. */
export const keepSession = (cookies: Cookies, url: URL, token: string): void =>
  cookies.set(cookieNames.session, token, { ...options(url), maxAge: 30 * dayInSeconds })

export const forgetSession = (cookies: Cookies, url: URL): void => cookies.delete(cookieNames.session, options(url))

export const keepChoice = (cookies: Cookies, url: URL, name: 'language' | 'theme', value: string): void =>
  cookies.set(cookieNames[name], value, { ...options(url), maxAge: 365 * dayInSeconds })
