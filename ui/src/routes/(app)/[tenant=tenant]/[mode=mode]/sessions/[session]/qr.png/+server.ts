import type { RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'

/** The QR code as a picture. Whoever scans it links the session, so nothing on the way keeps it. */
export const GET: RequestHandler = async (event) => {
  const api = await account(event)
  const picture = await orError(api.getQrPng(event.params.session ?? ''))
  return new Response(new Uint8Array(picture), {
    headers: { 'content-type': 'image/png', 'cache-control': 'no-store' },
  })
}
