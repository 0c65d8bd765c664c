// An agent finds three chats unread, answers them, one with a quick reply, and hands one over to the owner, who sees it come without doing
// anything, and takes back what was written while the account was away. Ticks, answers and counts change by themselves; what a customer's
// phone shows is what the agent did.
import type { Phone } from '@wagate/api/sandbox.ts'
import { connected, createLinkedSession } from '@wagate/testing/linked-session.ts'
import { injectFault } from '@wagate/testing/sandbox-control.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { openMenu } from './menu.ts'
import { addressIn, createMember, createOwner, type Owner } from './people.ts'
import { signIn } from './signing-in.ts'
import { type Surroundings, type Visitor, visit } from './visitor.ts'

type Customer = { name: string; asks: string; phone: Phone }

const questions = { Lucía: 'Do you have a table for four?', Tomás: 'Where is my order?', Putri: 'When are you open?' }
const hours = { shortcut: 'hours', text: 'We are open from 12 to 23, but not on Mondays.' }

export async function answering(agents: Surroundings, owners: Surroundings, stack: TestStack): Promise<void> {
  const who = (name: string) => ({ name, email: addressIn(agents.name, name) })
  const owner = await createOwner(stack, { ...who('Olivia'), company: 'Trattoria Olivia' })
  const agent = await createMember(stack, owner, who('Ahmad'), 'agent')
  const { phone: shop, sessionId } = await createLinkedSession(owner.api)
  await owner.api.createQuickReply(hours)
  const customers = await Promise.all(
    Object.entries(questions).map(async ([name, asks]) => {
      const phone = await owner.api.createPhone({ name })
      await owner.api.sendFromPhone(phone.id, { to: shop.number, text: asks })
      return { name, asks, phone }
    }),
  )
  const [lucia, tomas, putri] = customers as [Customer, Customer, Customer]
  await waitFor(async () => (await owner.api.getChatCounts()).unread === 3, {
    ...{ what: 'three unread chats', deadlineMs: 60_000, everyMs: 250 },
  })
  await visit(agents, (visitor) =>
    visit(owners, async (other) => {
      await signIn(visitor, agent)
      await visitor.judge()
      await signIn(other, owner)
      await other.judge()
      await openInbox(other)
      await other.page.getByRole('link', { name: other.t('inbox.view_mine') }).click()
      await other.page.getByText(other.t('inbox.none_title')).waitFor()
      await other.judge()

      await openInbox(visitor, 3)
      await visitor.withoutReload(async () => {
        await answer(visitor, lucia, 'Yes, at 20:30, by the window.')
        await reachesPhone(owner, lucia, 'Yes, at 20:30, by the window.')
        await talksBack(visitor, owner, lucia, shop)
        await answer(visitor, tomas, 'It is on its way.')
        await answer(visitor, putri, `/${hours.shortcut}`)
        await reachesPhone(owner, putri, hours.text)
        await visitor.page.getByLabel(visitor.t('inbox.assignee')).filter({ visible: true }).selectOption(owner.name)
        await visitor.page.getByRole('link', { name: putri.name }).getByText(owner.name).waitFor()
        await visitor.judge()
        await other.withoutReload(() => other.page.getByRole('link', { name: putri.name }).click())
      })
      await other.page.getByRole('log').getByText(hours.text).waitFor()
      await other.judge()

      await injectFault(stack, owner.tenantId, { disconnect: true, refuse_logins: 503 })
      await writes(visitor, 'Today we are closed!', 'accepted')
      await visitor.page.getByRole('button', { name: visitor.t('inbox.cancel') }).waitFor()
      await takesBack(other, 'Today we are closed!')
      await statusOf(visitor, 'Today we are closed!', 'cancelled').waitFor()
      await injectFault(stack, owner.tenantId, { refuse_logins: null })
      await connected(owner.api, sessionId)
      await writes(visitor, 'See you tonight!', 'delivered')
      await reachesNot(owner, putri, 'Today we are closed!')
    }),
  )
}

/** By the menu, which says how many chats are unread. */
async function openInbox(visitor: Visitor, unread?: number): Promise<void> {
  const { page, t, judge } = visitor
  await openMenu(visitor)
  const name = unread === undefined ? t('nav.inbox') : `${t('nav.inbox')} ${unread}`
  await page.getByRole('link', { name }).filter({ visible: true }).click()
  await page
    .getByText(t('inbox.views'), { exact: true })
    .or(page.getByLabel(t('inbox.chats')))
    .first()
    .waitFor()
  await judge()
}

/** Sent with Enter; a shortcut is turned into its text by the first. Ends when the customer's phone has it, and the chat is read. */
async function answer({ page, t, judge }: Visitor, { name, asks }: Customer, text: string): Promise<void> {
  const chat = page.getByRole('region', { name: t('inbox.chats') }).getByRole('link', { name })
  await chat.getByText(t('inbox.unread')).waitFor()
  await chat.click()
  const conversation = page.getByRole('log')
  await conversation.getByText(asks).waitFor()
  await chat.getByText(t('inbox.unread')).waitFor({ state: 'detached' })
  const field = page.getByRole('textbox', { name: t('inbox.write'), exact: true })
  await field.pressSequentially(text)
  if (text.startsWith('/')) {
    await page
      .getByRole('listbox', { name: t('inbox.replies') })
      .getByRole('option')
      .first()
      .waitFor()
    await judge()
    await field.press('Enter')
  }
  await field.press('Enter')
  await conversation.getByText(t('message_status.delivered')).waitFor()
  await judge()
}

async function reachesPhone({ api }: Owner, { phone, asks }: Customer, text: string): Promise<void> {
  const { data } = await api.listPhoneMessages(phone.id)
  if (data.filter((message) => message.text === text).length !== 1)
    throw new Error(`the phone shows ${data.length} messages`)
  const asked = async () => (await api.listPhoneMessages(phone.id)).data.find((message) => message.text === asks)
  await waitFor(async () => (await asked())?.status === 'read', {
    ...{ what: 'the phone to show that its question was read', deadlineMs: 30_000, everyMs: 250 },
  })
}

/** The customer reads, sees that somebody types, is seen typing, and writes again. */
async function talksBack({ page, t, judge }: Visitor, { api }: Owner, { phone }: Customer, shop: Phone): Promise<void> {
  const conversation = page.getByRole('log')
  await api.readOnPhone(phone.id)
  await conversation.getByText(t('message_status.read')).waitFor()
  await page.getByRole('textbox', { name: t('inbox.write'), exact: true }).pressSequentially('And')
  await waitFor(async () => (await api.getPhone(phone.id)).typing.includes(shop.number), {
    ...{ what: 'the phone to show that somebody types', deadlineMs: 30_000, everyMs: 250 },
  })
  const typing = page.getByRole('status').getByText(t('inbox.typing'))
  // The page asks for it when the conversation opens, and WhatsApp does not say when it begins to tell.
  const isSeenTyping = async () => {
    await api.typeOnPhone(phone.id, { to: shop.number, state: 'composing' })
    return typing.isVisible()
  }
  await waitFor(isSeenTyping, { what: 'the page to show that the customer types', deadlineMs: 30_000, everyMs: 250 })
  await judge()
  await api.sendFromPhone(phone.id, { to: shop.number, text: 'Perfect, thank you!' })
  await conversation.getByText('Perfect, thank you!').waitFor()
  await typing.waitFor({ state: 'detached' })
}

const statusOf = ({ page, t }: Visitor, text: string, status: 'accepted' | 'delivered' | 'cancelled') =>
  page
    .getByRole('log')
    .locator('div', { hasText: text })
    .getByText(t(`message_status.${status}`))
    .last()

async function writes(visitor: Visitor, text: string, status: 'accepted' | 'delivered'): Promise<void> {
  const field = visitor.page.getByRole('textbox', { name: visitor.t('inbox.write'), exact: true })
  await field.fill(text)
  await field.press('Enter')
  await statusOf(visitor, text, status).waitFor()
  await visitor.judge()
}

/** Somebody else opens the chat, sees what waits, and has it not sent. */
async function takesBack(visitor: Visitor, text: string): Promise<void> {
  const { page, t, judge } = visitor
  await page.reload()
  await page.getByRole('log').getByText(text).waitFor()
  await judge()
  await page.getByRole('button', { name: t('inbox.cancel') }).click()
  await statusOf(visitor, text, 'cancelled').waitFor()
  await judge()
}

async function reachesNot({ api }: Owner, { phone }: Customer, text: string): Promise<void> {
  const { data } = await api.listPhoneMessages(phone.id)
  if (data.some((message) => message.text === text)) throw new Error('the phone shows what was taken back')
}
