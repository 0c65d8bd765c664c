import { error } from '@sveltejs/kit'
import { ApiError } from '@wagate/api/call.ts'
import type { Client } from '@wagate/api/client.ts'
import { account } from '#lib/server/account.ts'
import { actIn } from '#lib/server/act.ts'
import { forgetFirstKey, keepFirstKey, readFirstKey } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { apiUrl } from '#lib/server/gateway.ts'
import { screenOf } from '#lib/server/phone.ts'
import { orError } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  for (const topic of ['sessions', 'messages', 'phones']) event.depends(`app:${topic}`)
  if (event.params.mode !== 'test') error(404)
  const api = await account(event)
  const [sessions, phones] = await Promise.all([orError(api.listSessions({ limit: 20 })), orError(api.listPhones())])
  const session = sessions.data.find(({ status }) => status === 'connected') ?? sessions.data[0]
  const messages = session && (await orError(api.listMessages(session.id, { limit: 20 })))
  // Somebody to write to: a phone that is nobody's linked account; the one of the last message, if there was one.
  const others = phones.data.filter(({ linked_devices }) => linked_devices.length === 0)
  const last = messages?.data[0]?.chat.phone
  const friend = others.find(({ number }) => number === last) ?? others[0]
  const screen = friend && (await orError(screenOf(api, friend.id)))
  const sent = messages?.data.filter(({ direction }) => direction === 'outbound') ?? []
  return {
    session,
    friend,
    screen: screen ?? [],
    lastSent: sent[0],
    done: {
      linked: session?.status === 'connected',
      sent: sent.length > 0,
      replied: messages?.data.some(({ direction }) => direction === 'inbound') ?? false,
    },
    apiKey: readFirstKey(event.cookies),
    apiUrl: apiUrl(),
  }
}

/** How long a new session has until it shows its QR code, and then until it is connected. */
const linkMs = 15_000
const askAgainMs = 250

/** One click in place of a phone in the hand: a session, a phone, the scan as soon as there is something to scan, and the connection. */
async function link(api: Client): Promise<void> {
  const { data } = await api.listSessions({ limit: 20 })
  const { id } = data.find(({ status }) => status !== 'closed') ?? (await api.createSession({ name: 'Shop' }))
  const phone = await api.createPhone({ name: 'Shop' })
  const end = Date.now() + linkMs
  await until(end, () =>
    api.scanWithPhone(phone.id, { session_id: id }).catch((cause: unknown) => {
      const early = cause instanceof ApiError && cause.problem.status === 409 && Date.now() < end
      if (!early) throw cause
    }),
  )
  await until(end, async () => (await api.getSession(id)).status === 'connected')
}

/** Asks until there is an answer or the time is over: the page tells how far it came. */
async function until(end: number, ask: () => Promise<unknown>): Promise<void> {
  while (!(await ask()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, askAgainMs))
}

export const actions: Actions = {
  link: (event) => actIn(event, 'link', link),
  send: async (event) => {
    const { session, to, body } = await textsOf(event.request, ['session', 'to', 'body'])
    return actIn(event, 'send', (api) => api.sendMessage(session, { to, type: 'text', text: { body } }))
  },
  write: async (event) => {
    const { phone, to, text } = await textsOf(event.request, ['phone', 'to', 'text'])
    return actIn(event, 'write', (api) => api.sendFromPhone(phone, { to, text }))
  },
  friend: (event) => actIn(event, 'friend', (api) => api.createPhone({ name: 'Ada' })),
  key: (event) =>
    actIn(event, 'key', async (api) => {
      const { api_key } = await api.createApiKey({ name: 'First steps', scopes: ['sessions:read', 'messages:write'] })
      keepFirstKey(event.cookies, event.url, event.params.tenant, api_key)
    }),
  stored: (event) => {
    forgetFirstKey(event.cookies, event.url, event.params.tenant)
    return { done: 'stored' }
  },
}
