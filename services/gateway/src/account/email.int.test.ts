// Another e-mail address, on a real database, through the routes.
import { afterAll, expect, test } from 'vitest'
import { codeOf, newId, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
afterAll(stop)

const freshAddress = () => `${newId('request').toLowerCase()}@example.org`

test('an address changes when its owner, signed in, has followed the mailed link, and no sooner', async () => {
  const { as, signUp, mails, mailed } = await gateway()
  const { email, token } = await signUp()
  const elsewhere = (await as(undefined, 'another').signIn({ email, password })).session_token ?? ''
  const new_email = freshAddress()
  mails.length = 0
  expect(await codeOf(as(token).changeEmail({ new_email, password: otherPassword }))).toBe('password-wrong')
  expect(await codeOf(as(token).changeEmail({ new_email: ` ${email.toUpperCase()}`, password }))).toBe(
    'invalid-request',
  )
  expect(mails).toEqual([])
  await as(token).changeEmail({ new_email, password })
  expect(mails.map(({ to, kind }) => [to, kind])).toEqual([
    [new_email, 'confirm_new_email'],
    [email, 'email_change_asked'],
  ])
  const link = mailed('confirm_new_email', new_email)
  expect((await as(token).me()).person.email).toBe(email)
  expect(await codeOf(as().signIn({ email: new_email, password }))).toBe('sign-in-refused')
  expect(await codeOf(as().confirmEmail({ token: link }))).toBe('sign-in-needed')
  expect(await codeOf(as((await signUp()).token).confirmEmail({ token: link }))).toBe('link-over')
  expect(await codeOf(as(token).confirmEmail({ token: `${link}x` }))).toBe('link-over')

  expect((await as(token).confirmEmail({ token: link })).email).toBe(new_email)
  expect(mails.at(-1)).toMatchObject({ to: email, kind: 'email_changed' })
  expect(await codeOf(as(token).confirmEmail({ token: link }))).toBe('link-over')
  expect(await codeOf(as().signIn({ email, password }))).toBe('sign-in-refused')
  expect(await codeOf(as().signIn({ email: new_email, password }))).toBe('none')
  expect((await as(elsewhere).me()).person.email).toBe(new_email)
})

test('no answer tells that an address has an account; its owner learns of it by mail, and nothing changes', async () => {
  const { as, signUp, mails } = await gateway()
  const [ada, owner] = [await signUp(), await signUp()]
  const free = await as(ada.token).changeEmail({ new_email: freshAddress(), password })
  mails.length = 0
  expect(await as(ada.token).changeEmail({ new_email: owner.email, password })).toEqual(free)
  expect(mails.map(({ to, kind }) => [to, kind])).toEqual([
    [owner.email, 'address_taken'],
    [ada.email, 'email_change_asked'],
  ])
  expect(await sql`select 1 from verification where identifier = ${`change-email:${ada.personId}`}`).toHaveLength(0)
})

test('a link is over when it was replaced, when its time is over, and when somebody has got the address meanwhile', async () => {
  const { as, signUp, mailed } = await gateway()
  const { token, personId } = await signUp()
  const [one, two] = [freshAddress(), freshAddress()]
  await as(token).changeEmail({ new_email: one, password })
  await as(token).changeEmail({ new_email: two, password })
  expect(await codeOf(as(token).confirmEmail({ token: mailed('confirm_new_email', one) }))).toBe('link-over')
  const confirm = () => codeOf(as(token).confirmEmail({ token: mailed('confirm_new_email', two) }))
  await sql`update verification set expires_at = now() where identifier = ${`change-email:${personId}`}`
  expect(await confirm()).toBe('link-over')

  await as(token).changeEmail({ new_email: two, password })
  await as().signUp({ email: two, name: 'Ben', password: otherPassword })
  await as().verifyEmail({ token: mailed('verify_email', two), password: otherPassword })
  expect(await confirm()).toBe('link-over')
  expect(await codeOf(as().signIn({ email: two, password: otherPassword }))).toBe('none')
})

test('a sign-up that nobody proved does not keep its address from the one who can read its mails', async () => {
  const { as, signUp, mailed } = await gateway()
  const { token } = await signUp()
  const email = freshAddress()
  await as().signUp({ email, name: 'Mallory', password: otherPassword })
  await as(token).changeEmail({ new_email: email, password })
  await as(token).confirmEmail({ token: mailed('confirm_new_email', email) })
  const proof = { token: mailed('verify_email', email), password: otherPassword }
  expect(await codeOf(as().verifyEmail(proof))).toBe('verification-refused')
  expect(await codeOf(as().signIn({ email, password: otherPassword }))).toBe('sign-in-refused')
  expect(await codeOf(as().signIn({ email, password }))).toBe('none')
})

test('whoever still reads the old mailbox can do nothing with the links in it, and invitations stay with their address', async () => {
  const { as, within, signUp, mailed } = await gateway()
  const ada = await signUp()
  const new_email = freshAddress()
  const invite = async (email: string, role: 'viewer' | 'agent') => {
    const host = await signUp()
    const { token } = await as(host.token).getTenantToken({ tenant_id: host.tenantId, mode: 'test' })
    await within(token).invite({ email, role })
  }
  await invite(ada.email, 'viewer')
  await invite(new_email, 'agent')
  await as().requestPasswordReset({ email: ada.email })
  await as(ada.token).changeEmail({ new_email, password })
  await as(ada.token).confirmEmail({ token: mailed('confirm_new_email', new_email) })
  const reset = { token: mailed('reset_password', ada.email), password: otherPassword }
  expect(await codeOf(as().resetPassword(reset))).toBe('link-over')
  expect((await as(ada.token).me()).invitations).toMatchObject([{ role: 'agent' }])
})

test('the database does not tell the link, and mails to one address come no faster than five an hour', async () => {
  const { as, signUp, mailed } = await gateway()
  const { token } = await signUp()
  const new_email = freshAddress()
  for (let n = 0; n < 5; n++) await as(token).changeEmail({ new_email, password })
  expect(await codeOf(as(token).changeEmail({ new_email, password }))).toBe('too-many-attempts')
  expect(JSON.stringify(await sql`select * from verification`)).not.toContain(mailed('confirm_new_email', new_email))
})
