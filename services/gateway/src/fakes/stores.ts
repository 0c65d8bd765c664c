// The Postgres stores and the sandbox in memory: what the routes see of them, by tenant and mode.
import type { Chat } from '@wagate/api/chat.ts'
import type { Message } from '@wagate/api/message.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import type { Webhook } from '@wagate/api/webhook.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { DomainError } from '../http/problem.ts'
import type { MessageViews, PageRequest } from '../message/views.ts'
import type { Positioned } from '../postgres/in-tenant.ts'
import type { SandboxControl } from '../sandbox/control.ts'
import type { WebhookStore } from '../webhook/store.ts'

type Owned<Item> = Item & { tenantId: string; mode: Mode }

export const pageOf = <Item extends { id: string }>(items: Item[], { limit, after }: PageRequest): Positioned<Item>[] =>
  items
    .toSorted((a, b) => (a.id < b.id ? 1 : -1))
    .filter(({ id }) => !after || id < after.id)
    .slice(0, limit + 1)
    .map((item) => ({ item, position: { key: '', id: item.id } }))

export function fakeViews() {
  const messages: Owned<Message>[] = []
  const chats: Owned<Chat>[] = []
  const mine =
    <Item extends { tenantId: string; mode: Mode }>(tenantId: string, mode: Mode) =>
    (item: Item) =>
      item.tenantId === tenantId && item.mode === mode
  const views: MessageViews = {
    findMessage: async (tenantId, mode, id) =>
      messages.filter(mine(tenantId, mode)).find((message) => message.id === id),
    listMessages: async (tenantId, mode, of, page) =>
      pageOf(
        messages
          .filter(mine(tenantId, mode))
          .filter((m) => ('sessionId' in of ? m.session_id === of.sessionId : m.chat_id === of.chatId)),
        page,
      ),
    modeOfSession: async () => undefined,
  }
  return { views, messages, chats }
}

export function fakeWebhooks(): WebhookStore {
  const endpoints: Owned<Webhook>[] = []
  const find = (tenantId: string, mode: Mode, id: string) =>
    endpoints.find((e) => e.tenantId === tenantId && e.mode === mode && e.id === id)
  const shown = ({ tenantId: _, ...webhook }: Owned<Webhook>): Webhook => webhook
  const of = (tenantId: string, mode: Mode) => endpoints.filter((e) => e.tenantId === tenantId && e.mode === mode)
  return {
    count: async (tenantId, mode) => of(tenantId, mode).length,
    create: async (tenantId, { id, mode, url, description, eventTypes, at }) => {
      const time = at.toISOString()
      const made = {
        id,
        tenantId,
        mode,
        url,
        description,
        event_types: eventTypes,
        enabled: true,
        disabled_reason: null,
      }
      endpoints.push({ ...made, created_at: time, updated_at: time })
      return shown({ ...made, created_at: time, updated_at: time })
    },
    find: async (tenantId, mode, id) => {
      const found = find(tenantId, mode, id)
      return found && shown(found)
    },
    list: async (tenantId, mode, page) => pageOf(of(tenantId, mode).map(shown), page),
    update: async (tenantId, mode, id, { url, description, eventTypes, enabled }) => {
      const found = find(tenantId, mode, id)
      if (!found) return undefined
      Object.assign(found, url && { url }, description !== undefined && { description })
      Object.assign(found, eventTypes && { event_types: eventTypes }, enabled !== undefined && { enabled })
      return shown(found)
    },
    delete: async (tenantId, mode, id) => {
      const found = find(tenantId, mode, id)
      if (found) endpoints.splice(endpoints.indexOf(found), 1)
      return found !== undefined
    },
  }
}

/** Phones that can be made and named; what they show is empty. */
export function fakeSandbox(): SandboxControl & { scanned: string[] } {
  const phones: (Phone & { realm: string })[] = []
  const scanned: string[] = []
  const get = async (realm: string, id: string): Promise<Phone> => {
    const found = phones.find((phone) => phone.realm === realm && phone.id === id)
    if (found) return found
    throw new DomainError('phone-not-found', 'There is no sandbox phone with this id.')
  }
  return {
    scanned,
    get,
    list: async (realm) => phones.filter((phone) => phone.realm === realm),
    create: async (realm, body) => {
      const id = `ph${phones.length + 1}`
      const number = body.number ?? `+99900000000${phones.length}`
      const made = {
        id,
        number,
        lid: '1@lid',
        name: body.name ?? '',
        online: true,
        auto_read: false,
        linked_devices: [],
        typing: [],
      }
      phones.push({ ...made, realm })
      return made
    },
    delete: async (realm, id) => {
      await get(realm, id)
      phones.splice(
        phones.findIndex((phone) => phone.id === id),
        1,
      )
    },
    scan: async (realm, id, qr) => {
      await get(realm, id)
      scanned.push(qr)
      return { jid: '999:1@s.whatsapp.net', lid: '1:1@lid', device: 1 }
    },
    enterCode: async (realm, id, code) => {
      await get(realm, id)
      scanned.push(code)
      return { jid: '999:1@s.whatsapp.net', lid: '1:1@lid', device: 1 }
    },
    send: async (realm, id) => {
      await get(realm, id)
      return { id: `3A${Math.random()}` }
    },
    type: async (realm, id) => void (await get(realm, id)),
    read: async (realm, id) => {
      await get(realm, id)
      return { read: 0 }
    },
    setOnline: async (realm, id, online) => ({ ...(await get(realm, id)), online }),
    messages: async (realm, id) => {
      await get(realm, id)
      return []
    },
    undecryptable: async (realm, id) => {
      await get(realm, id)
      return []
    },
  }
}
