import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { createClient } from '@wagate/api/client.ts'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { latestMail } from '@wagate/testing/mails.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let stack: TestStack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

const root = new URL('../../', import.meta.url)
const password = 'vier tische neben dem ofen'
const tokenIn = (link: string | undefined) => decodeURIComponent(new URL(link ?? '').hash.slice('#token='.length))

test('the quick start: from signing up to a first message, over HTTP alone', async () => {
  const env = { PATH: process.env.PATH, GATEWAY_URL: stack.url('gateway'), MAIL_URL: stack.url('mail') }
  const { stdout } = await promisify(execFile)(process.execPath, ['docs/examples/sign-up.ts'], { cwd: root, env })
  expect(stdout).toMatch(/received "hello"\n$/)
  process.stdout.write(stdout)
})

test('a colleague is invited by mail, joins, does what the role may, and leaves', async () => {
  const baseUrl = stack.url('gateway')
  const anyone = createPeopleClient({ baseUrl })
  async function signUp(email: string) {
    await anyone.signUp({ email, password, name: email.slice(0, 3), company: 'Trattoria' })
    const mail = await latestMail(stack, email, { subject: 'Confirm your e-mail address' })
    return anyone.verifyEmail({ token: tokenIn(mail.links[0]), password })
  }
  const owner = await signUp('ada@example.com')
  const tenant_id = owner.tenant?.id ?? ''
  const actAs = async (sessionToken: string) => {
    const { token } = await createPeopleClient({ baseUrl, sessionToken }).getTenantToken({ tenant_id, mode: 'test' })
    return createClient({ baseUrl, apiKey: token })
  }
  const { id } = await (await actAs(owner.session_token)).invite({ email: 'ben@example.com', role: 'agent' })
  expect((await latestMail(stack, 'ben@example.com', { subject: 'invites you' })).text).toContain('Trattoria')

  const guest = await signUp('ben@example.com')
  expect(guest.tenant).toBeNull()
  const ben = createPeopleClient({ baseUrl, sessionToken: guest.session_token })
  expect((await ben.me()).invitations).toMatchObject([{ id, role: 'agent', tenant_name: 'Trattoria' }])
  expect((await ben.acceptInvitation(id)).tenants).toMatchObject([{ id: tenant_id, role: 'agent' }])
  const asBen = await actAs(guest.session_token)
  expect((await asBen.listMembers()).data.map(({ role }) => role)).toEqual(['owner', 'agent'])
  await expect(asBen.createSession()).rejects.toMatchObject({ problem: { code: 'permission-missing' } })
  await ben.leaveTenant(tenant_id)
  expect((await ben.me()).tenants).toEqual([])
})
