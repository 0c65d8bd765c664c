// From an address to the first page: signing up, the mail, its link, signing out and in again. With and without scripts.
import type { TestStack } from '@wagate/testing/stack.ts'
import { followMail } from './mail.ts'
import { openMenu } from './menu.ts'
import { type Surroundings, type Visitor, visit } from './visitor.ts'

export type Newcomer = { email: string; password: string; name: string; company: string }
type Stack = Pick<TestStack, 'url'>

/** Ends signed in, on the page that shows first. */
export async function signUp(visitor: Visitor, stack: Stack, who: Newcomer, scripts = true): Promise<void> {
  const { page, t } = visitor
  await visitor.open('/')
  await page.waitForURL('**/sign-in')
  await visitor.judge()
  await page.getByRole('link', { name: t('sign_in.to_sign_up') }).click()
  await page.waitForURL('**/sign-up')
  await visitor.judge()

  const fill = (key: string, text: string) => page.getByLabel(t(key)).fill(text)
  await fill('fields.name', who.name)
  await fill('fields.email', who.email)
  await fill('fields.company', who.company)
  await fill('fields.password', 'too short')
  await visitor.allowing(422, async () => {
    await page.getByRole('button', { name: t('sign_up.submit') }).click()
    await page.getByLabel(t('fields.password')).and(page.locator('[aria-invalid=true]')).waitFor()
  })
  await visitor.judge()
  await fill('fields.password', who.password)
  await page.getByRole('button', { name: t('sign_up.submit') }).click()
  await page.getByRole('heading', { name: t('sign_up.mailed_title') }).waitFor()
  await visitor.judge()

  await confirmAddress(visitor, stack, who, scripts)
}

/** Follows the mailed link and proves the address with the password. */
async function confirmAddress(visitor: Visitor, stack: Stack, who: Newcomer, scripts: boolean): Promise<void> {
  const { page, t } = visitor
  const address = await followMail(visitor, stack, { to: who.email, leadsTo: 'verify-email' })
  if (!scripts) await page.getByLabel(t('fields.link')).fill(address)
  await visitor.judge()
  const confirm = async (password: string) => {
    await page.getByLabel(t('fields.password')).fill(password)
    await page.getByRole('button', { name: t('verify_email.submit') }).click()
  }
  await visitor.allowing(401, async () => {
    await confirm('four tables near the oven')
    await page.getByRole('alert').waitFor()
  })
  await visitor.judge()
  // A form that was sent without scripts comes back empty but for what is no secret.
  if (!scripts) await page.getByLabel(t('fields.link')).fill(address)
  await confirm(who.password)
  await page.getByRole('heading', { name: t('start.title', { name: who.name }) }).waitFor()
  await visitor.judge()
}

/** By the menu of the shell. */
export async function signOutAndIn(visitor: Visitor, who: Newcomer): Promise<void> {
  const { page, t } = visitor
  await openMenu(visitor)
  await page.getByRole('button', { name: who.name, exact: true }).filter({ visible: true }).click()
  await page
    .getByRole('button', { name: t('app.sign_out') })
    .filter({ visible: true })
    .click()
  await page.waitForURL('**/sign-in')
  await page.getByLabel(t('fields.email')).fill(who.email)
  await page.getByLabel(t('fields.password')).fill(who.password)
  await page.getByRole('button', { name: t('sign_in.submit') }).click()
  await page.getByRole('heading', { name: t('start.title', { name: who.name }) }).waitFor()
}

export const newcomer = (label: string): Newcomer => ({
  ...{ email: `${label.replace(/\W+/g, '.').toLowerCase()}@example.com`, password: 'vier tische neben dem ofen' },
  ...{ name: 'Ada', company: 'Trattoria Ada' },
})

/** The whole of it. */
export const signingUp = (around: Surroundings, stack: Stack): Promise<void> =>
  visit(around, async (visitor) => {
    const who = newcomer(around.name)
    await signUp(visitor, stack, who, around.javaScript)
    await signOutAndIn(visitor, who)
  })
