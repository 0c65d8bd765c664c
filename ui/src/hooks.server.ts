import type { Handle, HandleServerError } from '@sveltejs/kit/hooks'
import { isTimeZone } from '#lib/i18n/format.ts'
import { isLanguage, languages, preferredLanguage } from '#lib/i18n/languages.ts'
import { cookieNames } from '#lib/server/cookies.ts'
import { isTheme } from '#lib/theme.ts'

export const handle: Handle = async ({ event, resolve }) => {
  const { cookies, locals, request } = event
  const chosen = cookies.get(cookieNames.language)
  const theme = cookies.get(cookieNames.theme)
  const timeZone = cookies.get(cookieNames.timeZone)
  locals.language = isLanguage(chosen) ? chosen : preferredLanguage(request.headers.get('accept-language'))
  locals.theme = isTheme(theme) ? theme : 'system'
  locals.timeZone = isTimeZone(timeZone) ? timeZone : 'UTC'
  locals.sessionToken = cookies.get(cookieNames.session)
  const { dir } = languages[locals.language]
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace('%lang%', locals.language).replace('%dir%', dir).replace('%theme%', locals.theme),
  })
  response.headers.set('referrer-policy', 'same-origin')
  if (response.headers.get('content-type')?.startsWith('text/html')) response.headers.set('cache-control', 'no-store')
  return response
}

/** What nobody expected. One line, without what was asked for: addresses name accounts, and bodies hold secrets. */
export const handleError: HandleServerError = ({ kind, error, event }) => {
  if (kind !== 'unknown') return
  // The cause says what `fetch failed` does not: refused, reset, timed out.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const told = cause instanceof Error ? `${cause.name}: ${cause.message}` : 'unknown'
  process.stderr.write(
    `${JSON.stringify({ level: 'error', msg: 'page failed', route: event.route.id, error: told })}\n`,
  )
  const away = error instanceof TypeError && error.message === 'fetch failed'
  return away ? { status: 503, message: 'The gateway does not answer.' } : undefined
}
