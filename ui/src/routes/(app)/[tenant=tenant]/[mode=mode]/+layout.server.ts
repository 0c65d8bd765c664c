import { error } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { keepPlace } from '#lib/server/cookies.ts'
import { orError } from '#lib/server/problem.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  const { tenant: id, mode } = event.params
  const { me } = await event.parent()
  const tenant = me.tenants.find((one) => one.id === id)
  if (!tenant || tenant.operators) error(404)
  keepPlace(event.cookies, event.url, id, mode)
  const home = `/${id}/${mode}`
  // A suspended account answers nothing but why.
  if (tenant.suspended) return { tenant, mode, home, scopes: [] }
  const api = await account(event)
  const { data } = await orError(api.listRoles())
  const scopes = data.find(({ role }) => role === tenant.role)?.scopes ?? []
  return { tenant, mode, home, scopes }
}
