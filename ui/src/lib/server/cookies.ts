// What the browser keeps. Scripts can read none of it.
import { createHash } from 'node:crypto'
import type { Cookies } from '@sveltejs/kit'

const dayInSeconds = 86_400

export const cookieNames = {
  session: 'wagate_session',
  language: 'wagate_language',
  theme: 'wagate_theme',
  timeZone: 'wagate_time_zone',
} as const
const accountName = 'wagate_account'
const firstKeyName = 'wagate_first_key'

const options = (url: URL, path = '/') =>
  ({ path, httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' }) as const

/** A sign-in lasts for 30 days after its last use; the gateway judges, the cookie only does not outlive it. */
export const keepSession = (cookies: Cookies, url: URL, token: string): void =>
  cookies.set(cookieNames.session, token, { ...options(url), maxAge: 30 * dayInSeconds })

export const forgetSession = (cookies: Cookies, url: URL): void => cookies.delete(cookieNames.session, options(url))

export const keepChoice = (cookies: Cookies, url: URL, name: 'language' | 'theme' | 'timeZone', value: string): void =>
  cookies.set(cookieNames[name], value, { ...options(url), maxAge: 365 * dayInSeconds })

/** Seconds before its end at which a token counts as over: a page that begins with it ends with it. */
const spareSeconds = 60

/**
 * By path: each account's pages send their own token and no other. Marked with the path and the sign-in that it was got with: after
 * another person signed in on this browser it is nobody's.
 */
export function keepAccountToken(cookies: Cookies, url: URL, path: string, kept: AccountToken): void {
  const maxAge = Math.floor((kept.expiresAt.getTime() - Date.now()) / 1_000) - spareSeconds
  const value = `${markOf(kept.sessionToken, path)}.${kept.token}`
  if (maxAge > 0) cookies.set(accountName, value, { ...options(url, path), maxAge })
}

export function readAccountToken(cookies: Cookies, path: string, sessionToken: string): string | undefined {
  const value = cookies.get(accountName)
  const mark = `${markOf(sessionToken, path)}.`
  return value?.startsWith(mark) === true ? value.slice(mark.length) : undefined
}

type AccountToken = { token: string; expiresAt: Date; sessionToken: string }

const markOf = (sessionToken: string, path: string): string =>
  createHash('sha256').update(`${sessionToken} ${path}`).digest('base64url').slice(0, 16)

/** The key that sign-up made can be seen once; an hour is left to copy it from the first page. */
export const keepFirstKey = (cookies: Cookies, url: URL, tenantId: string, key: string): void =>
  cookies.set(firstKeyName, key, { ...options(url, `/${tenantId}/test`), maxAge: 3_600 })

export const readFirstKey = (cookies: Cookies): string | undefined => cookies.get(firstKeyName)

export const forgetFirstKey = (cookies: Cookies, url: URL, tenantId: string): void =>
  cookies.delete(firstKeyName, options(url, `/${tenantId}/test`))

const placeName = 'wagate_place'

/** Where somebody was last, to begin there next time. */
export function keepPlace(cookies: Cookies, url: URL, tenantId: string, mode: 'test' | 'live'): void {
  const place = `${tenantId}/${mode}`
  if (cookies.get(placeName) !== place) cookies.set(placeName, place, { ...options(url), maxAge: 365 * dayInSeconds })
}

export function readPlace(cookies: Cookies): { tenantId: string; mode: 'test' | 'live' } | undefined {
  const [tenantId, mode] = cookies.get(placeName)?.split('/') ?? []
  return tenantId !== undefined && (mode === 'test' || mode === 'live') ? { tenantId, mode } : undefined
}
