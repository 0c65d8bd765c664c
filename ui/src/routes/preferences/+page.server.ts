import { redirect } from '@sveltejs/kit'
import { isLanguage } from '#lib/i18n/languages.ts'
import { keepChoice } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { pathWithin } from '#lib/server/path.ts'
import { isTheme } from '#lib/theme.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = () => redirect(303, '/')

export const actions: Actions = {
  default: async ({ request, cookies, url }) => {
    const { language, theme, back } = await textsOf(request, ['language', 'theme', 'back'])
    if (isLanguage(language)) keepChoice(cookies, url, 'language', language)
    if (isTheme(theme)) keepChoice(cookies, url, 'theme', theme)
    redirect(303, pathWithin(back))
  },
}
