// A developer adds an endpoint, sees why an attempt failed, mends their server, sends the event again and sees it arrive. But for forms
// that are sent, all of it shows by itself.
import { createLinkedSession } from '@wagate/testing/linked-session.ts'
import type { TestStack } from '@wagate/testing/stack.ts'
import { startWebhookReceiver, type WebhookReceiver } from '@wagate/testing/webhook-receiver.ts'
import { choose } from './menu.ts'
import { addressIn, createMember, createOwner } from './people.ts'
import { signIn } from './signing-in.ts'
import { type Surroundings, type Visitor, visit } from './visitor.ts'

const eventType = 'message.received'

export async function resending(around: Surroundings, stack: Pick<TestStack, 'url'>): Promise<void> {
  const who = (name: string) => ({ name, email: addressIn(around.name, name) })
  const owner = await createOwner(stack, { ...who('Dora'), company: 'Trattoria Dora' })
  const developer = await createMember(stack, owner, who('Emil'), 'developer')
  const { phone: shop } = await createLinkedSession(owner.api)
  const friend = await owner.api.createPhone()
  await using receiver = await startWebhookReceiver()
  await visit(around, async (visitor) => {
    const { page, t } = visitor
    const delivered = page.getByText(t('delivery.delivered'), { exact: true })
    await signIn(visitor, developer)
    await visitor.judge()
    await addEndpoint(visitor, receiver)
    await visitor.withoutReload(async () => {
      await page.getByRole('link', { name: receiver.url }).click()
      await page.getByText(t('webhooks.none_title')).waitFor()
      await visitor.judge()

      receiver.answer(500, 'the kitchen is on fire')
      await owner.api.sendFromPhone(friend.id, { to: shop.number, text: 'A table for four?' })
      const row = page.getByRole('link', { name: eventType })
      await row.getByText('500', { exact: true }).waitFor()
      await visitor.judge()
      await row.click()
      await page.getByRole('heading', { name: eventType }).waitFor()
      await page.getByText(t('delivery.response'), { exact: true }).first().click()
      await page.getByText('the kitchen is on fire').first().waitFor()
      // After the second attempt the next one is minutes away, and it is worth while to send it by hand.
      const again = page.getByRole('button', { name: t('delivery.resend') })
      await again.waitFor()
      await visitor.judge()

      receiver.answer(200, 'thank you')
      await again.click()
      await delivered.waitFor()
      await page.getByText(t('delivery.by_hand')).waitFor()
      await visitor.judge()
      tellsOnce(receiver, 'A table for four?')
    })
    await page
      .getByRole('link', { name: new URL(receiver.url).host })
      .first()
      .click()
    await page.getByRole('link', { name: eventType }).filter({ has: delivered }).waitFor()
    await page.getByRole('button', { name: t('webhooks.test') }).click()
    await page.getByRole('heading', { name: 'webhook.test' }).waitFor()
    await delivered.waitFor()
    await visitor.judge()
  })
  if (receiver.tests.length !== 1) throw new Error(`the receiver was tested ${receiver.tests.length} times`)
  if (receiver.refused.length > 0) throw new Error(`wrongly signed: ${receiver.refused.join(', ')}`)
}

/** Ends on the list of endpoints, with the receiver trusting the secret that was copied from it. */
async function addEndpoint(visitor: Visitor, receiver: WebhookReceiver): Promise<void> {
  const { page, t } = visitor
  await choose(visitor, t('nav.webhooks'))
  await page.getByText(t('webhooks.empty_title')).waitFor()
  await visitor.judge()
  await page
    .getByRole('button', { name: t('webhooks.new') })
    .first()
    .click()
  const dialog = page.getByRole('dialog', { name: t('webhooks.new') })
  const add = dialog.getByRole('button', { name: t('webhooks.create') })
  await dialog.getByLabel(t('webhooks.url')).fill('ftp://example.com/hook')
  await visitor.allowing(422, async () => {
    await add.click()
    await dialog.locator('[aria-invalid=true]').waitFor()
  })
  await visitor.judge()
  await dialog.getByLabel(t('webhooks.url')).fill(receiver.url)
  for (const type of await dialog.getByRole('checkbox').all())
    await type.setChecked((await type.getAttribute('value')) === eventType)
  await add.click()
  await page.getByRole('button', { name: `${t('common.copy')} : ${t('webhooks.made')}` }).click()
  receiver.trust(await page.evaluate<string>('navigator.clipboard.readText()'))
  await visitor.judge()
}

/** Whatever was tried, it is one event, signed, with what the phone has written; only the last attempt was taken. */
function tellsOnce({ received }: WebhookReceiver, text: string): void {
  const told = received.map(({ webhookId, status, body }) => ({ webhookId, status, tells: body.includes(text) }))
  const ids = new Set(told.map(({ webhookId }) => webhookId))
  const statuses = told.map(({ status }) => status).join(' ')
  if (ids.size !== 1 || statuses !== '500 500 200' || !told.every(({ tells }) => tells))
    throw new Error(`the receiver has got ${JSON.stringify(told)}`)
}
