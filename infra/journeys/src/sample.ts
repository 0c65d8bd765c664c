// An account that looks like one that is used: sessions with names, people who write, and one session that waits for its scan.
import type { Client } from '@wagate/api/client.ts'
import { link } from '@wagate/testing/linked-session.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createMember, createOwner } from './people.ts'

export type Sample = {
  email: string
  password: string
  /** What stands for the braces in a page's path. */
  ids: Record<'tenant' | 'session' | 'waiting' | 'phone' | 'webhook' | 'tested' | 'delivery' | 'chat', string>
}

type Line = readonly [by: 'shop' | 'customer', text: string]
const customers: readonly { name: string; lines: readonly Line[] }[] = [
  {
    name: 'Lucía Fernández',
    lines: [
      ['customer', 'Hi! Do you have a table for four tonight?'],
      ['shop', 'Good afternoon, Lucía. Yes, at 20:30, by the window. Shall I keep it for you?'],
      ['customer', 'Perfect, thank you!'],
    ],
  },
  {
    name: 'Tomás Braga',
    lines: [
      ['shop', 'Your order is ready to be picked up.'],
      ['customer', 'On my way!'],
    ],
  },
  {
    name: 'Putri Wulandari',
    lines: [
      ['customer', 'Is the tiramisù made with raw eggs?'],
      ['shop', 'It is, but the panna cotta is not. Would you like that one instead?'],
    ],
  },
  { name: 'Omar Haddad', lines: [['shop', 'See you on Sunday at 13:00. Reply NO if you cannot come.']] },
  {
    name: 'Amélie Laurent',
    lines: [
      ['customer', 'Bonjour! Do you cater for weddings too?'],
      ['shop', 'We do, for up to 80 people. When is it?'],
      ['customer', 'On 14 May. I will send you the details tonight.'],
    ],
  },
  { name: 'Kwame Mensah', lines: [['customer', 'Could I change the delivery address? It is now 12 Almada Street.']] },
]

export async function createSample(stack: Pick<TestStack, 'url'>): Promise<Sample> {
  const ada = { name: 'Ada', email: 'ada@example.com', company: 'Trattoria Ada' }
  const owner = await createOwner(stack, ada)
  const { email, password, tenantId: tenant, api } = owner
  const shop = await linked(api, 'Reservations')
  await linked(api, 'Deliveries')
  const waiting = await api.createSession({ name: 'Catering' })
  const phones: string[] = []
  for (const customer of customers) phones.push(await converse(api, shop, customer))
  await api.createApiKey({ name: 'Cash register', scopes: ['messages:write'] })
  const webhook = await api.createWebhook({ url: 'https://example.com/wagate', event_types: ['message.received'] })
  // A name that leads nowhere: what a delivery shows that failed.
  const tested = await api.createWebhook({ url: 'https://shop.invalid/wagate' })
  const delivery = await api.testWebhook(tested.id)
  await api.createQuickReply({ shortcut: 'hours', text: 'We are open from 12 to 23, but not on Mondays.' })
  const chat = (await api.listChats()).data.find(({ name }) => name === customers[0]?.name)?.id ?? ''
  const marco = await createMember(
    stack,
    owner,
    { name: 'Marco', email: 'marco@example.com', company: 'Marco' },
    'agent',
  )
  await api.updateChat(chat, { assignee_id: (await marco.people.me()).person.id })
  const ids = { tenant, chat, session: shop.id, waiting: waiting.id, phone: phones[0] ?? '' }
  return { email, password, ids: { ...ids, webhook: webhook.id, tested: tested.id, delivery: delivery.id } }
}

/** A session and the number of the phone that it is linked to. */
async function linked(api: Client, name: string): Promise<{ id: string; number: string }> {
  const { id } = await api.createSession({ name })
  const phone = await api.createPhone({ name })
  await link(api, id, phone)
  return { id, number: phone.number }
}

/** Line by line, each once the one before it has arrived. Resolves with the id of the customer's phone. */
async function converse(
  api: Client,
  shop: { id: string; number: string },
  { name, lines }: (typeof customers)[number],
) {
  const { id, number } = await api.createPhone({ name })
  for (const [by, text] of lines) {
    const arrived =
      by === 'shop'
        ? async () => (await api.listPhoneMessages(id)).data.some((message) => message.text === text)
        : async () => (await api.listMessages(shop.id)).data.some((message) => message.text?.body === text)
    if (by === 'shop') await api.sendMessage(shop.id, { to: number, type: 'text', text: { body: text } })
    else await api.sendFromPhone(id, { to: shop.number, text })
    await waitFor(arrived, { what: `"${text}" to arrive`, deadlineMs: 30_000, everyMs: 200 })
  }
  return id
}
