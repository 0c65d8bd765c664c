import type { RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'

/** The archive, as it comes. */
export const GET: RequestHandler = async (event) => {
  const id = event.params.export ?? ''
  const api = await account(event)
  return new Response(await orError(api.getExportArchive(id)), {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${id.replaceAll(/[^A-Za-z0-9_-]/g, '')}.zip"`,
      'cache-control': 'no-store',
    },
  })
}
