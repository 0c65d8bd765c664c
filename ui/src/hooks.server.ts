import type { Handle } from '@sveltejs/kit/hooks'
import { isLanguage, languages, preferredLanguage } from '#lib/i18n/languages.ts'
import { cookieNames } from '#lib/server/cookies.ts'
import { isTheme } from '#lib/theme.ts'

export const handle: Handle = async ({ event, resolve }) => {
  const { cookies, locals, request } = event
  const chosen = cookies.get(cookieNames.language)
  const theme = cookies.get(cookieNames.theme)
  locals.language = isLanguage(chosen) ? chosen : preferredLanguage(request.headers.get('accept-language'))
  locals.theme = isTheme(theme) ? theme : 'system'
  locals.sessionToken = cookies.get(cookieNames.session)
  const { dir } = languages[locals.language]
  const response = await resolve(event, {
    transformPageChunk: ({ html }) =>
      html.replace('%lang%', locals.language).replace('%dir%', dir).replace('%theme%', locals.theme),
  })
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('referrer-policy', 'same-origin')
  if (response.headers.get('content-type')?.startsWith('text/html')) response.headers.set('cache-control', 'no-store')
  return response
}
