import { fail, type RequestEvent, redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  for (const topic of ['sessions', 'timeline']) event.depends(`app:${topic}`)
  const { scopes } = await event.parent()
  const api = await account(event)
  const id = event.params.session
  const [session, health, timeline] = await Promise.all([
    orError(api.getSession(id)),
    orNothing(api.getSessionHealth(id)),
    orNothing(api.getSessionTimeline(id, { limit: 20 })),
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
    // The string itself stays here: the page shows the picture.
    qr: qr && { expiresAt: qr.expires_at },
    code,
    phones: phones?.data.filter(({ linked_devices }) => linked_devices.length < 4) ?? [],
  }
}

type Event = RequestEvent<{ tenant: string; mode: 'test' | 'live'; session: string }>
type Api = Awaited<ReturnType<typeof account>>

/** Does it, and says which form it was when it is refused. */
async function act(event: Event, form: string, deed: (api: Api, id: string) => Promise<unknown>) {
  const api = await account(event)
  try {
    await deed(api, event.params.session)
    return { done: form }
  } catch (error) {
    const refused = refuse(error)
    return fail(refused.status, { ...refused.data, form })
  }
}

export const actions: Actions = {
  restart: (event) => act(event, 'restart', (api, id) => api.restartSession(id)),
  logout: (event) => act(event, 'logout', (api, id) => api.logoutSession(id)),
  delete: async (event) => {
    const answer = await act(event, 'delete', (api, id) => api.deleteSession(id))
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/sessions`)
  },
  code: async (event) => {
    const { phone } = await textsOf(event.request, ['phone'])
    return act(event, 'code', (api, id) => api.requestPairingCode(id, { phone: phone.replaceAll(/[\s()-]/g, '') }))
  },
  scan: async (event) => {
    const { phone } = await textsOf(event.request, ['phone'])
    return act(event, 'scan', async (api, session_id) => {
      const { id } = phone === 'new' ? await api.createPhone() : { id: phone }
      await api.scanWithPhone(id, { session_id })
    })
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
    return act(event, 'pacing', (api, id) => api.updateSession(id, { pacing: reset === 'yes' ? null : pacing }))
  },
  proxy: async (event) => {
    const { proxy, remove } = await textsOf(event.request, ['proxy', 'remove'])
    return act(event, 'proxy', (api, id) => api.updateSession(id, { proxy: remove === 'yes' ? null : proxy.trim() }))
  },
}
