import type { RequestHandler } from '@sveltejs/kit'
import { liveEvents } from '#lib/server/account.ts'
import { passOn } from '#lib/server/event-stream.ts'

/** What changes in the installation, for operators' own pages. */
export const GET: RequestHandler = async (event) => passOn(await liveEvents(event, '/v1/admin/events'))
