// An owner invites somebody, who sees what the role allows and nothing else, whatever becomes of the role.
import type { TestStack } from '@wagate/testing/stack.ts'
import { followMail } from './mail.ts'
import { choose, menuEntries } from './menu.ts'
import { addressIn, createOwner, type Login } from './people.ts'
import { signIn } from './signing-in.ts'
import { type Surroundings, type Visitor, visit } from './visitor.ts'

type Stack = Pick<TestStack, 'url'>
type Role = 'agent' | 'developer' | 'viewer'

/** Entries of the menu, and their addresses below the account. */
const forAll = {
  ...{
    overview: 'overview',
    inbox: 'inbox',
    sessions: 'sessions',
    webhooks: 'developers/webhooks',
    live_events: 'developers/events',
  },
  ...{ team: 'team', usage: 'usage', settings: 'settings' },
}
const forDevelopers = {
  ...{ start: 'start', phones: 'phones', keys: 'developers/keys' },
  ...{ requests: 'developers/requests', reference: 'developers/reference' },
}
const forAdmins = { audit: 'audit' }
const all = { ...forAll, ...forDevelopers, ...forAdmins }
const shownTo: Record<Role, object> = { agent: forAll, developer: { ...forAll, ...forDevelopers }, viewer: forAll }

export async function inviting(owners: Surroundings, members: Surroundings, stack: Stack): Promise<void> {
  const who = (name: string) => ({ name, email: addressIn(owners.name, name) })
  const hanna = await createOwner(stack, { ...who('Hanna'), company: 'Trattoria Hanna' })
  const ivan: Login = { ...who('Ivan'), password: 'drei lampen neben der treppe' }
  await visit(owners, (owner) =>
    visit(members, async (member) => {
      await signIn(owner, hanna)
      await owner.judge()
      await invite(owner, ivan.email)
      const home = await join(member, stack, ivan)
      await sees(member, home, 'agent')
      await changesNothing(member, home, hanna.email)
      for (const role of ['developer', 'viewer'] as const) {
        await giveRole(owner, ivan.name, role)
        await sees(member, home, role)
      }
      await remove(owner, ivan.name)
      await isRefused(member, `${home}/team`, 404)
    }),
  )
}

async function invite(owner: Visitor, email: string): Promise<void> {
  const { page, t } = owner
  await choose(owner, t('nav.team'))
  await page.getByRole('heading', { name: t('team.title'), exact: true }).waitFor()
  await page.getByLabel(t('fields.email')).fill(email)
  await page.getByLabel(t('team.role'), { exact: true }).selectOption('agent')
  await page.getByRole('button', { name: t('team.invite_submit') }).click()
  await page.getByText(t('team.invited')).waitFor()
  await page.getByText(email, { exact: true }).waitFor()
  await owner.judge()
}

/** From the mail to the account that the invitation is for; resolves with where its pages are. */
async function join(member: Visitor, stack: Stack, who: Login): Promise<string> {
  const { page, t, judge } = member
  await followMail(member, stack, { to: who.email, leadsTo: 'invitation' })
  await judge()
  await page.getByRole('link', { name: t('invitation.new') }).click()
  await page.getByText(t('sign_up.lead_invited')).waitFor()
  for (const field of ['name', 'email', 'password'] as const)
    await page.getByLabel(t(`fields.${field}`), { exact: true }).fill(who[field])
  await page.getByRole('button', { name: t('invitation.new') }).click()
  await page.getByRole('heading', { name: t('sign_up.mailed_title') }).waitFor()
  await judge()
  await followMail(member, stack, { to: who.email, subject: 'Confirm', leadsTo: 'verify-email' })
  await judge()
  await page.getByLabel(t('fields.password')).fill(who.password)
  await page.getByRole('button', { name: t('verify_email.submit') }).click()
  await page.getByText(t('accounts.none')).waitFor()
  await judge()
  await page.getByRole('button', { name: t('accounts.join') }).click()
  await page.getByRole('link', { name: 'Trattoria Hanna' }).click()
  await page.getByRole('heading', { name: t('overview.title') }).waitFor()
  await judge()
  return new URL(page.url()).pathname.replace(/\/overview$/, '')
}

/** What the role is for is in the menu and opens; the rest is in no menu, and says so when it is asked for by address. */
async function sees(member: Visitor, home: string, role: Role): Promise<void> {
  const { page, t, open, judge } = member
  await open(`${home}/team`)
  await page.getByRole('heading', { name: t('team.title'), exact: true }).waitFor()
  const shown = Object.keys(all).filter((entry) => entry in shownTo[role])
  const entries = await menuEntries(member)
  const found = Object.keys(all).filter((entry) => entries.includes(t(`nav.${entry}`)))
  if (found.join() !== shown.join()) throw new Error(`the menu of ${role} shows ${found}, and not ${shown}`)
  for (const [entry, path] of Object.entries(all)) {
    if (!shown.includes(entry)) {
      await isRefused(member, `${home}/${path}`, 403)
      continue
    }
    await open(`${home}/${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    if (role === 'agent' || entry in forDevelopers) await judge()
  }
  await isRefused(member, '/operator', 404)
}

async function isRefused({ page, t, open, judge, allowing }: Visitor, path: string, status: 403 | 404): Promise<void> {
  await allowing(status, () => open(path))
  const title = t(status === 403 ? 'common.not_for_role_title' : 'common.not_found_title')
  await page.getByRole('heading', { name: title, level: 1 }).waitFor()
  await judge()
}

/** Nothing to invite, change or remove anybody with, nor for a form that somebody sends all the same. */
async function changesNothing({ page, t, open }: Visitor, home: string, owner: string): Promise<void> {
  await open(`${home}/team`)
  await page.getByText(owner, { exact: true }).waitFor()
  const forms = page
    .locator('main')
    .getByRole('combobox')
    .or(page.getByRole('button', { name: t('team.remove') }))
  if ((await forms.count()) > 0) throw new Error('an agent is offered to change the team')
  const origin = new URL(page.url()).origin
  for (const [action, form] of Object.entries({
    'team?/invite': { email: 'x@example.com', role: 'admin' },
    'team?/role': { id: 'per_01KAJ3Q5V0G1HNTD1Q0D7X5W3A', role: 'owner' },
    'settings?/name': { name: 'Trattoria Ivan' },
    'developers/keys?/create': { name: 'mine', scope: 'messages:read' },
    'developers/webhooks?/create': { url: 'https://example.com/', type: 'message.received' },
  })) {
    const answer = await page.request.post(`${origin}${home}/${action}`, { form, headers: { origin } })
    if (answer.status() !== 403) throw new Error(`an agent's ${action} was answered ${answer.status()}`)
  }
}

async function giveRole({ page, t, judge }: Visitor, name: string, role: Role): Promise<void> {
  await page.reload()
  const row = page.getByRole('listitem').filter({ has: page.getByLabel(t('team.role_of', { name })) })
  await row.getByRole('combobox').selectOption(role)
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  await row.getByRole('button', { name: t('common.save') }).click()
  if ((await (await answered).json()).type !== 'success') throw new Error(`${name} did not become ${role}`)
  await judge()
}

async function remove({ page, t, judge }: Visitor, name: string): Promise<void> {
  await page.getByRole('button', { name: t('team.remove'), exact: true }).click()
  const dialog = page.getByRole('dialog', { name: t('team.remove_title', { name }) })
  await dialog.waitFor()
  await judge()
  await dialog.getByRole('button', { name: t('team.remove'), exact: true }).click()
  await page.getByLabel(t('team.role_of', { name })).waitFor({ state: 'detached' })
  await judge()
}
