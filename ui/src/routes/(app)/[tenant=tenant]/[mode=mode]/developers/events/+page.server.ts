import { mustHave } from '#lib/server/problem.ts'
import { typesByEntity } from '../webhooks/fields.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  mustHave((await event.parent()).scopes, 'events:read')
  return { types: typesByEntity().flatMap(([, types]) => types) }
}
