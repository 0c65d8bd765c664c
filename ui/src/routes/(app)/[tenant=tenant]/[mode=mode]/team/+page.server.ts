import { type RequestEvent, redirect } from '@sveltejs/kit'
import { type CreateInvitation, createInvitation } from '@wagate/api/member.ts'
import { account } from '#lib/server/account.ts'
import { act, silently } from '#lib/server/act.ts'
import { textsOf } from '#lib/server/form.ts'
import { people } from '#lib/server/gateway.ts'
import { orError } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const api = await account(event)
  const [members, invitations, roles] = await Promise.all([
    orError(api.listMembers()),
    orError(api.listInvitations()),
    orError(api.listRoles()),
  ])
  const { scopes } = await event.parent()
  return {
    members: members.data,
    invitations: invitations.data,
    roles: roles.data,
    // Nobody gives a role that may do more than their own.
    givable: roles.data.filter((one) => one.scopes.every((scope) => scopes.includes(scope))).map(({ role }) => role),
  }
}

type Event = RequestEvent<{ tenant: string; mode: 'test' | 'live' }>
type Role = CreateInvitation['role']

const roleIn = (text: string): Role => createInvitation.shape.role.safeParse(text).data ?? 'viewer'

async function withId(event: Event, form: string, deed: (api: Api, id: string) => Promise<unknown>) {
  const { id } = await textsOf(event.request, ['id'])
  const api = await account(event)
  return act(form, () => silently(deed(api, id)))
}
type Api = Awaited<ReturnType<typeof account>>

export const actions: Actions = {
  invite: async (event) => {
    const { email, role } = await textsOf(event.request, ['email', 'role'])
    const api = await account(event)
    return act('invite', () => silently(api.invite({ email, role: roleIn(role) })), { email, role })
  },
  withdraw: (event) => withId(event, 'withdraw', (api, id) => api.withdrawInvitation(id)),
  role: async (event) => {
    const { id, role } = await textsOf(event.request, ['id', 'role'])
    const api = await account(event)
    return act('role', () => silently(api.updateMember(id, { role: roleIn(role) })))
  },
  remove: (event) => withId(event, 'remove', (api, id) => api.removeMember(id)),
  hand_over: (event) => withId(event, 'hand_over', (api, id) => api.transferOwnership({ person_id: id })),
  leave: async (event) => {
    const answer = await act('leave', () => silently(people(event).leaveTenant(event.params.tenant)))
    if ('data' in answer) return answer
    redirect(303, '/accounts')
  },
}
