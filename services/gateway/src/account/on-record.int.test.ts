// What the accounts that a person belongs to learn of him, on a real database.

import { totp } from '@wagate/testing/totp.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, expect, test } from 'vitest'
import { mostOwned } from '../control/found.ts'
import { mostMemberships } from '../control/members.ts'
import { codeOf, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
afterAll(stop)

test('each account of a person learns of sign-ins, passwords and second factors, and of no address or secret', async () => {
  const { as, signUp, mailed, control, toldTo } = await gateway()
  const [ada, host] = [await signUp(), await signUp()]
  await control.members.add(host.tenantId, ada.personId, 'developer')
  await as().signIn({ email: ada.email, password })
  await as().requestPasswordReset({ email: ada.email })
  await as().resetPassword({ token: mailed('reset_password', ada.email), password: otherPassword })
  const { session_token: token } = await as().signIn({ email: ada.email, password: otherPassword })
  const { uri } = await as(token ?? '').setUpTwoFactor({ password: otherPassword })
  await as(token ?? '').confirmTwoFactor({ code: totp(new URL(uri).searchParams.get('secret') ?? '') })
  const acts = ['signed_in', 'password_reset', 'signed_in', 'two_factor_enabled'].map((act) => `person.${act}`)
  for (const tenantId of [ada.tenantId, host.tenantId]) {
    const told = toldTo(tenantId).filter(({ targets }) => targets[0] === ada.personId)
    expect(told.map(({ action }) => action)).toEqual(acts)
    expect(told.every(({ actor }) => actor.kind === 'person' && actor.id === ada.personId)).toBe(true)
    expect(JSON.stringify(told)).not.toMatch(/@|tische|stuehle/)
  }
})

test('guessing a password or codes until it is stopped is told once, as done by nobody known', async () => {
  const { as, signUp, toldTo } = await gateway()
  const { email, token, tenantId, personId } = await signUp()
  const { uri } = await as(token).setUpTwoFactor({ password })
  const codes = [-1, 0, 1].map((step) => totp(new URL(uri).searchParams.get('secret') ?? '', step))
  await as(token).confirmTwoFactor({ code: codes[1] ?? '' })
  const blocked = () => toldTo(tenantId).filter(({ action }) => action === 'person.sign_in_blocked')
  const wrong = ['000000', '000001', '000002', '000003'].find((code) => !codes.includes(code)) ?? ''
  const guess = async (n: number) => {
    const challenge = (await as().signIn({ email, password })).second_factor?.challenge ?? ''
    for (let i = 0; i < n; i++) await codeOf(as().passSecondFactor({ challenge, code: wrong }))
  }
  for (const tries of [5, 5, 2]) await guess(tries)
  expect(blocked()).toMatchObject([{ actor: { kind: 'system', id: null }, targets: [personId] }])

  for (let n = 0; n < 14; n++) await codeOf(as().signIn({ email, password: otherPassword }))
  await waitFor(() => blocked().length === 2)
  for (let n = 0; n < 12; n++) await codeOf(as().signIn({ email: 'nobody@example.com', password }))
  expect(blocked()).toHaveLength(2)
})

test('a person belongs to so many accounts at most', async () => {
  const { as, signUp, control } = await gateway()
  const { token, personId } = await signUp()
  await sql`
    with made as (
      insert into tenant (tenant_id, name) select 'ten_many' || n, 'n' from generate_series(2, ${mostMemberships}::int) n
      returning tenant_id)
    insert into member (tenant_id, person_id, role) select tenant_id, ${personId}, 'viewer' from made`
  const { tenantId } = await signUp()
  expect(await control.members.add(tenantId, personId, 'viewer')).toBe('full')
  expect(await codeOf(as(token).createTenant({ name: 'One more' }))).toBe('tenant-limit-reached')
  await control.members.remove('ten_many2', personId)
  expect(await control.members.add(tenantId, personId, 'viewer')).toBe('done')
  expect(await control.members.add(tenantId, personId, 'viewer')).toBe('done')
})

test('a person owns so many accounts at most, however many he opens at once, and none is left without an owner', async () => {
  const { as, signUp } = await gateway()
  const { token, personId } = await signUp()
  const opened = await Promise.all(Array.from({ length: 8 }, () => codeOf(as(token).createTenant({ name: 'burst' }))))
  const refused = opened.filter((code) => code === 'tenant-limit-reached').length
  expect([opened.filter((code) => code === 'none').length, refused]).toEqual([mostOwned - 1, 8 - (mostOwned - 1)])
  expect((await as(token).me()).tenants.filter(({ role }) => role === 'owner')).toHaveLength(mostOwned)
  const ownerless = await sql`
    select 1 from tenant t where name = 'burst'
      and not exists (select from member m where m.tenant_id = t.tenant_id and m.person_id = ${personId})`
  expect(ownerless).toHaveLength(0)
})
