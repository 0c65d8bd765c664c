import { error } from '@sveltejs/kit'
import { typesByEntity } from '../webhooks/fields.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const { scopes } = await event.parent()
  if (!scopes.includes('events:read')) error(404)
  return { types: typesByEntity().flatMap(([, types]) => types) }
}
