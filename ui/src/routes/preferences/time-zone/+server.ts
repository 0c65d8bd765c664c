import { error, type RequestHandler } from '@sveltejs/kit'
import { isTimeZone } from '#lib/i18n/format.ts'
import { keepChoice } from '#lib/server/cookies.ts'

/** The browser tells where it is, so that the server writes times as it would. */
export const POST: RequestHandler = async ({ request, cookies, url }) => {
  const name = await request.text()
  if (!isTimeZone(name)) error(400, 'This is no time zone.')
  keepChoice(cookies, url, 'timeZone', name)
  return new Response(null, { status: 204 })
}
