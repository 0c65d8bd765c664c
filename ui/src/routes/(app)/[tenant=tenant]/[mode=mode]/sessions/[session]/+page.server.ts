import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { actIn } from '#lib/server/act.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  for (const topic of ['sessions', 'timeline']) event.depends(`app:${topic}`)
  const { scopes } = await event.parent()
  const api = await account(event)
  const id = event.params.session
  const cursor = event.url.searchParams.get('cursor')
  const [session, health, timeline, members, keys] = await Promise.all([
    orError(api.getSession(id)),
    orNothing(api.getSessionHealth(id)),
    orNothing(api.getSessionTimeline(id, { limit: 20, ...(cursor !== null && { cursor }) })),
    scopes.includes('members:read') ? orNothing(api.listMembers()) : undefined,
    scopes.includes('keys:read') ? orNothing(api.listApiKeys({ limit: 100 })) : undefined,
  ])
  const links = session.status === 'awaiting_qr' && scopes.includes('sessions:write')
  const [qr, code, phones] = await Promise.all([
    links ? orNothing(api.getQr(id)) : undefined,
    links ? orNothing(api.getPairingCode(id)) : undefined,
    links && scopes.includes('sandbox') && session.mode === 'test' ? orNothing(api.listPhones()) : undefined,
  ])
  return {
    session,
    health,
    timeline: timeline?.data ?? [],
    older: timeline?.next_cursor ?? null,
    names: Object.fromEntries([...(members?.data ?? []), ...(keys?.data ?? [])].map(({ id, name }) => [id, name])),
    // The string itself stays here: the page shows the picture.
    qr: qr && { expiresAt: qr.expires_at },
    code,
    phones: phones?.data.filter(({ linked_devices }) => linked_devices.length < 4) ?? [],
  }
}

export const actions: Actions = {
  restart: (event) => actIn(event, 'restart', (api) => api.restartSession(event.params.session)),
  logout: (event) => actIn(event, 'logout', (api) => api.logoutSession(event.params.session)),
  delete: async (event) => {
    const answer = await actIn(event, 'delete', (api) => api.deleteSession(event.params.session))
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/sessions`)
  },
  code: async (event) => {
    const { phone } = await textsOf(event.request, ['phone'])
    return actIn(event, 'code', (api) =>
      api.requestPairingCode(event.params.session, { phone: phone.replaceAll(/[\s()-]/g, '') }),
    )
  },
  scan: async (event) => {
    const { phone } = await textsOf(event.request, ['phone'])
    return actIn(event, 'scan', async (api) => {
      const { id } = phone === 'new' ? await api.createPhone() : { id: phone }
      await api.scanWithPhone(id, { session_id: event.params.session })
    })
  },
  name: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    return actIn(event, 'name', (api) => api.updateSession(event.params.session, { name: name.trim() || null }))
  },
  pacing: async (event) => {
    const fields = ['per_second', 'burst', 'new_chats_per_hour', 'jitter_ms', 'reset'] as const
    const { reset, ...texts } = await textsOf(event.request, fields)
    const pacing = {
      per_second: numberOf(texts.per_second),
      burst: numberOf(texts.burst) ?? undefined,
      new_chats_per_hour: numberOf(texts.new_chats_per_hour),
      jitter_ms: numberOf(texts.jitter_ms) ?? undefined,
    }
    return actIn(event, 'pacing', (api) =>
      api.updateSession(event.params.session, { pacing: reset === 'yes' ? null : pacing }),
    )
  },
  proxy: async (event) => {
    const { proxy, remove } = await textsOf(event.request, ['proxy', 'remove'])
    return actIn(event, 'proxy', (api) =>
      api.updateSession(event.params.session, { proxy: remove === 'yes' ? null : proxy.trim() }),
    )
  },
}
