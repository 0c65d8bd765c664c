// People on a real database, through the routes.
import type { ApiError } from '@wagate/api/call.ts'
import { totp } from '@wagate/testing/totp.ts'
import { afterAll, expect, test } from 'vitest'
import { codeOf, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
afterAll(stop)

test('who signs up and proves the address has an account, a test key that works and a phone', async () => {
  const { as, within, mailed, mails } = await gateway()
  const email = 'ada@example.com'
  await as().signUp({ email: ' Ada@Example.com', name: 'Ada', company: 'Trattoria', password })
  expect(mails).toMatchObject([{ to: email, kind: 'verify_email', name: 'Ada' }])
  expect(await codeOf(as().signIn({ email, password }))).toBe('email-not-verified')

  const token = mailed('verify_email', email)
  const made = await as().verifyEmail({ token, password })
  expect(made).toMatchObject({
    session_token: expect.stringMatching(/^wgs_/),
    person: { email, name: 'Ada', two_factor: false },
    tenant: { name: 'Trattoria', role: 'owner', scopes: expect.arrayContaining(['account:own']) },
    api_key: expect.stringMatching(/^wgk_test_/),
    phone: { number: expect.any(String) },
  })
  expect((await within(made.api_key ?? '').createSession()).mode).toBe('test')
  expect((await as(made.session_token).me()).tenants).toEqual([made.tenant])
  expect(await codeOf(as().verifyEmail({ token, password }))).toBe('verification-refused')
})

test('no answer tells whether an address has an account; its owner learns of it by mail', async () => {
  const { as, signUp, mails } = await gateway()
  const { email } = await signUp()
  mails.length = 0
  const body = { name: 'Eve', password: otherPassword }
  const known = await as().signUp({ email, ...body })
  expect(known).toEqual(await as().signUp({ email: 'nobody.yet@example.com', ...body }))
  expect(mails.map(({ to, kind }) => [to, kind])).toEqual([
    [email, 'already_registered'],
    ['nobody.yet@example.com', 'verify_email'],
  ])
  const who = { email: 'who@example.com' }
  expect(await as().requestPasswordReset({ email })).toEqual(await as().requestPasswordReset(who))
  expect(await as().mailVerification({ email })).toEqual(await as().mailVerification(who))
  const refusal = (run: Promise<unknown>) => run.catch((error: ApiError) => ({ ...error.problem, request_id: '' }))
  expect(await refusal(as().signIn({ email, password: otherPassword }))).toEqual(
    await refusal(as().signIn({ ...who, password: otherPassword })),
  )
})

test('guessing is slowed on all gateways together, and the right password does not help then', async () => {
  const gateways = [await gateway(), await gateway(), await gateway()]
  const email = (await gateways[0]?.signUp())?.email ?? ''
  const codes: string[] = []
  for (let n = 0; n < 4; n++)
    for (const { as } of gateways) codes.push(await codeOf(as().signIn({ email, password: otherPassword })))
  expect(codes).toEqual([...Array(10).fill('sign-in-refused'), 'too-many-attempts', 'too-many-attempts'])
  for (const { as } of gateways) {
    const error = await as()
      .signIn({ email, password })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ problem: { code: 'too-many-attempts' }, retryAfter: expect.any(Number) })
  }
})

test('a right password forgives the wrong ones before it', async () => {
  const { as, signUp } = await gateway()
  const { email } = await signUp()
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 9; n++) await codeOf(as().signIn({ email, password: otherPassword }))
    expect(await codeOf(as().signIn({ email, password }))).toBe('none')
  }
})

test('a reset works once, and signs out everywhere', async () => {
  const { as, signUp, mailed } = await gateway()
  const { email, token } = await signUp()
  await as().requestPasswordReset({ email })
  const link = mailed('reset_password', email)
  expect(await codeOf(as().resetPassword({ token: link, password: 'short' }))).toBe('invalid-request')
  await as().resetPassword({ token: link, password: otherPassword })
  expect(await codeOf(as().resetPassword({ token: link, password }))).toBe('link-over')
  expect(await codeOf(as(token).me())).toBe('sign-in-needed')
  expect(await codeOf(as().signIn({ email, password }))).toBe('sign-in-refused')
  expect(await codeOf(as().signIn({ email, password: otherPassword }))).toBe('none')
})

test('a changed password signs out every other device', async () => {
  const { as, signUp, mails } = await gateway()
  const { email, token } = await signUp()
  const other = await as(undefined, 'another').signIn({ email, password })
  expect(mails.at(-1)).toMatchObject({ kind: 'new_sign_in', userAgent: 'another' })
  const wrong = { current_password: otherPassword, password: otherPassword }
  expect(await codeOf(as(token).changePassword(wrong))).toBe('password-wrong')
  const { session_token } = await as(token).changePassword({ current_password: password, password: otherPassword })
  expect(await codeOf(as(other.session_token ?? '').me())).toBe('sign-in-needed')
  expect(await codeOf(as(session_token).me())).toBe('none')
})

test('a device can be signed out from another one', async () => {
  const { as, signUp } = await gateway()
  const { email, token } = await signUp()
  const lost = (await as(undefined, 'lost phone').signIn({ email, password })).session_token ?? ''
  const { data } = await as(token).listSignIns()
  expect(data.map(({ current, user_agent }) => [current, user_agent]).toSorted()).toEqual([
    [false, 'lost phone'],
    [true, 'a browser'],
  ])
  await as(token).endSignIn(data.find(({ current }) => !current)?.id ?? '')
  expect(await codeOf(as(lost).me())).toBe('sign-in-needed')
  await as(token).signOut()
  expect(await codeOf(as(token).me())).toBe('sign-in-needed')
})

test('with two-factor authentication a password is half of a sign-in', async () => {
  const { as, signUp, mails } = await gateway()
  const { email, token } = await signUp()
  expect(await codeOf(as(token).setUpTwoFactor({ password: otherPassword }))).toBe('password-wrong')
  const made = await as(token).setUpTwoFactor({ password })
  const code = (steps = 0) => totp(new URL(made.uri).searchParams.get('secret') ?? '', steps)
  const wrong = () => (code() === '000000' ? '000001' : '000000')
  expect(await codeOf(as(token).confirmTwoFactor({ code: wrong() }))).toBe('second-factor-refused')
  expect((await as().signIn({ email, password })).second_factor).toBeNull()
  const other = await as(undefined, 'another').signIn({ email, password })
  const on = await as(token).confirmTwoFactor({ code: code() })
  expect(await codeOf(as(other.session_token ?? '').me())).toBe('sign-in-needed') // it showed no code
  expect((await as(on.session_token).me()).person.two_factor).toBe(true)

  const half = async () => (await as().signIn({ email, password })).second_factor?.challenge ?? ''
  const challenge = await half()
  expect(await codeOf(as().passSecondFactor({ challenge, code: wrong() }))).toBe('second-factor-refused')
  const next = code(1)
  const whole = await as().passSecondFactor({ challenge, code: next })
  expect(await codeOf(as(whole.session_token).me())).toBe('none')
  expect(await codeOf(as().passSecondFactor({ challenge, code: code() }))).toBe('second-factor-refused')
  const { data: before } = await as(whole.session_token).listSignIns()
  expect(await codeOf(as().passSecondFactor({ challenge: await half(), code: next }))).toBe('second-factor-refused')
  expect((await as(whole.session_token).listSignIns()).data).toEqual(before)

  const backup_code = made.backup_codes[0] ?? ''
  expect(await codeOf(as().passSecondFactor({ challenge: await half(), backup_code }))).toBe('none')
  expect(await codeOf(as().passSecondFactor({ challenge: await half(), backup_code }))).toBe('second-factor-refused')

  const off = await as(whole.session_token).removeTwoFactor({ password, backup_code: made.backup_codes[1] ?? '' })
  expect(await codeOf(as(off.session_token).me())).toBe('none')
  expect((await as().signIn({ email, password })).second_factor).toBeNull()
  expect(mails.filter(({ kind }) => kind === 'two_factor_changed')).toMatchObject([
    { enabled: true },
    { enabled: false },
  ])
})

test('a code without a set-up is told what to do first', async () => {
  const { as, signUp } = await gateway()
  const { token } = await signUp()
  expect(await codeOf(as(token).confirmTwoFactor({ code: '123456' }))).toBe('two-factor-off')
})

test('a device is known again, however long it makes its name', async () => {
  const { as, signUp, mails } = await gateway()
  const { email } = await signUp()
  const device = `${'a browser with many words '.repeat(12)}x`
  for (let n = 0; n < 2; n++) await as(undefined, device).signIn({ email, password })
  expect(mails.filter(({ kind }) => kind === 'new_sign_in')).toHaveLength(1)
})

test('whoever reads the database can neither sign in nor use a link that was mailed', async () => {
  const { as, signUp, mailed } = await gateway()
  const { email, token, personId } = await signUp()
  await as().requestPasswordReset({ email })
  const [stolen] = await sql<{ token: string }[]>`select token from sign_in where person_id = ${personId}`
  expect(token).toContain(stolen?.token)
  expect(await codeOf(as(`wgs_${stolen?.token}`).me())).toBe('sign-in-needed')
  const rows = JSON.stringify([
    ...(await sql`select * from verification`),
    ...(await sql`select * from credential where person_id = ${personId}`),
    ...(await sql`select * from attempt`),
  ])
  for (const word of [mailed('reset_password', email), password, email]) expect(rows).not.toContain(word)
})

test('an account never loses its last owner, whoever leaves at the same time', async () => {
  const { control, signUp } = await gateway()
  const [one, two] = [await signUp(), await signUp()]
  await control.members.add(one.tenantId, two.personId, 'owner')
  const outcomes = await Promise.all([
    control.members.remove(one.tenantId, one.personId),
    control.members.changeRole(one.tenantId, two.personId, 'viewer'),
  ])
  expect(outcomes.toSorted()).toEqual(['done', 'last_owner'])
})

test('somebody who was invited gets no account of his own, and joins', async () => {
  const { as, within, mailed, signUp } = await gateway()
  const host = await signUp()
  const access = { tenant_id: host.tenantId, mode: 'test' } as const
  const asHost = within((await as(host.token).getTenantToken(access)).token)
  const email = 'guest@example.com'
  const { id } = await asHost.invite({ email, role: 'developer' })
  await as().signUp({ email, name: 'Guest', password: otherPassword })
  const guest = await as().verifyEmail({ token: mailed('verify_email', email), password: otherPassword })
  expect([guest.tenant, guest.api_key, guest.phone]).toEqual([null, null, null])
  const joined = await as(guest.session_token).acceptInvitation(id)
  expect(joined.tenants).toMatchObject([{ id: host.tenantId, role: 'developer' }])
  const { token, role } = await as(guest.session_token).getTenantToken(access)
  expect(role).toBe('developer')
  expect((await within(token).listMembers()).data.map((member) => member.email)).toEqual([host.email, email])
})

test('a key that a person makes is of the mode that the token is for', async () => {
  const { as, within, signUp } = await gateway()
  const { token, tenantId } = await signUp()
  const live = await as(token).getTenantToken({ tenant_id: tenantId, mode: 'live' })
  expect((await within(live.token).createApiKey({ scopes: ['messages:write'] })).api_key).toMatch(/^wgk_live_/)
})

test('what is over is removed', async () => {
  const { people, signUp } = await gateway()
  const { personId } = await signUp()
  await sql`update sign_in set expires_at = now() - interval '1 minute' where person_id = ${personId}`
  await people.sweep()
  expect(await sql`select 1 from sign_in where person_id = ${personId}`).toHaveLength(0)
})

test('who never proves the address is forgotten after a week, with the password; nobody else is', async () => {
  const { people, as, signUp } = await gateway()
  const proved = await signUp()
  const waiting = async (email: string, days: number) => {
    await as().signUp({ email, name: 'Eve', password })
    await sql`update person set created_at = now() - make_interval(days => ${days}) where email = ${email}`
  }
  await waiting('late@example.com', 8)
  await waiting('soon@example.com', 6)
  await sql`update person set created_at = now() - interval '1 year' where person_id = ${proved.personId}`
  await people.sweep()
  const left = await sql<{ email: string }[]>`select email from person join credential using (person_id)
    where email in ${sql(['late@example.com', 'soon@example.com', proved.email])} order by email`
  expect(left.map(({ email }) => email)).toEqual([proved.email, 'soon@example.com'].toSorted())
})
