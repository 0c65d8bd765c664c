import { error } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import type { LayoutServerLoad } from './$types'

/** Whoever is no operator finds no such page. */
export const load: LayoutServerLoad = async (event) => {
  const { me } = await event.parent()
  const operators = me.tenants.find((one) => one.operators) ?? error(404)
  const api = await account(event)
  const { data } = await orError(api.listRoles())
  const scopes = data.find(({ role }) => role === operators.role)?.scopes ?? []
  return { scopes, mayOrder: scopes.includes('operator') }
}
