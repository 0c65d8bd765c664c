import { error } from '@sveltejs/kit'
import { keepPlace } from '#lib/server/cookies.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  const { tenant: id, mode } = event.params
  const { me } = await event.parent()
  const tenant = me.tenants.find((one) => one.id === id)
  if (!tenant || tenant.operators) error(404)
  keepPlace(event.cookies, event.url, id, mode)
  const home = `/${id}/${mode}`
  // A suspended account answers nothing but why.
  return { tenant, mode, home, scopes: tenant.suspended ? [] : tenant.scopes }
}
