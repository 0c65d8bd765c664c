import { error } from '@sveltejs/kit'
import type { LayoutServerLoad } from './$types'

/** Whoever is no operator finds no such page. */
export const load: LayoutServerLoad = async (event) => {
  const { me } = await event.parent()
  const { scopes } = me.tenants.find((one) => one.operators) ?? error(404)
  return { scopes, mayOrder: scopes.includes('operator') }
}
