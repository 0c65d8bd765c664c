// An address is proved by its link together with the password of the sign-up that the link is for, whoever else signs up with it.
import { afterAll, expect, test } from 'vitest'
import { codeOf, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
afterAll(stop)

const strangers = otherPassword
let made = 0

/** An address with which its owner and a stranger sign up; only the owner reads what is mailed to it. */
async function setUp() {
  const { as, mailed, mails } = await gateway()
  const email = `owner${made++}@example.com`
  const signUp = async (name: 'Owner' | 'Stranger') => {
    await as().signUp({ email, name, password: name === 'Owner' ? password : strangers })
    return mailed('verify_email', email)
  }
  /** The code of the refusal, or whose account it is. */
  const follow = (token: string, chosen: string) =>
    as()
      .verifyEmail({ token, password: chosen })
      .then(({ person, tenant }) => `${person.name} of ${tenant?.name}`)
      .catch((error: unknown) => codeOf(Promise.reject(error)))
  const signInAs = (chosen: string) => codeOf(as().signIn({ email, password: chosen }))
  return { as, mails, mailed, email, signUp, follow, signInAs }
}
const refused = 'verification-refused'
const owners = 'Owner of Owner'

test('owner first, stranger after: the owner’s click proves nothing of the stranger’s, and signing up again gives him his account', async () => {
  const { signUp, follow, signInAs } = await setUp()
  const first = await signUp('Owner')
  const second = await signUp('Stranger')
  expect([await follow(first, password), await follow(second, password)]).toEqual([refused, refused])
  expect(await signInAs(strangers)).toBe('email-not-verified')
  expect(await follow(await signUp('Owner'), password)).toBe(owners)
  expect([await signInAs(strangers), await signInAs(password)]).toEqual(['sign-in-refused', 'none'])
})

test('stranger first, owner after: the owner’s link is for his own sign-up, and the older one is worth nothing', async () => {
  const { signUp, follow, signInAs } = await setUp()
  const first = await signUp('Stranger')
  const second = await signUp('Owner')
  expect([await follow(first, password), await follow(first, strangers)]).toEqual([refused, refused])
  expect(await follow(second, strangers)).toBe(refused)
  expect(await follow(second, password)).toBe(owners)
  expect([await signInAs(strangers), await signInAs(password)]).toEqual(['sign-in-refused', 'none'])
})

test('a link that is mailed again is for the sign-up that waits by then, whoever asked for it', async () => {
  const { as, signUp, mailed, email, follow, signInAs } = await setUp()
  await signUp('Owner')
  await signUp('Stranger')
  await as().mailVerification({ email })
  expect(await follow(mailed('verify_email', email), password)).toBe(refused)
  await signUp('Owner')
  await as().mailVerification({ email })
  expect(await follow(mailed('verify_email', email), password)).toBe(owners)
  expect(await signInAs(strangers)).toBe('sign-in-refused')
})

test('a stranger who signs up once the address is proved changes nothing', async () => {
  const { signUp, follow, signInAs, mails, email } = await setUp()
  const link = await signUp('Owner')
  expect(await follow(link, password)).toBe(owners)
  await signUp('Stranger')
  expect(mails.at(-1)).toMatchObject({ to: email, kind: 'already_registered' })
  expect([await follow(link, strangers), await follow(link, password)]).toEqual([refused, refused])
  expect([await signInAs(strangers), await signInAs(password)]).toEqual(['sign-in-refused', 'none'])
})

test('sign-ups at the same moment leave one that waits, and the stranger’s password never works', async () => {
  const { signUp, follow, signInAs, as, mailed, email } = await setUp()
  await Promise.all([signUp('Owner'), signUp('Stranger'), signUp('Owner'), signUp('Stranger')])
  expect(await sql`select 1 from person where email = ${email}`).toHaveLength(1)
  await as().mailVerification({ email })
  const link = mailed('verify_email', email)
  const [row] = await sql<{ name: string }[]>`select name from person where email = ${email}`
  expect(await follow(link, password)).toBe(row?.name === 'Owner' ? owners : refused)
  expect(await signInAs(strangers)).toBe(row?.name === 'Owner' ? 'sign-in-refused' : 'email-not-verified')
})

test('a wrong password is answered as a wrong link is, and does not use the link up', async () => {
  const { as, signUp, follow } = await setUp()
  const link = await signUp('Owner')
  const answer = (token: string, chosen: string) =>
    as()
      .verifyEmail({ token, password: chosen })
      .catch((error: { problem: object }) => ({ ...error.problem, request_id: '' }))
  expect(await answer(link, strangers)).toEqual(await answer('eyJ.no.link', password))
  expect(await answer(link, strangers)).toMatchObject({ status: 401, detail: expect.stringMatching(/sign up again/) })
  expect(await follow(link, password)).toBe(owners)
})

test('guesses at the password of one sign-up are counted, and the link is good again when the wait is over', async () => {
  const { signUp, follow } = await setUp()
  const link = await signUp('Owner')
  for (let n = 0; n < 10; n++) expect(await follow(link, strangers)).toBe(refused)
  expect(await follow(link, password)).toBe('too-many-attempts')
  await sql`update attempt set expires_at = now() - interval '1 second' where key like 'verify_email.%'`
  expect(await follow(link, password)).toBe(owners)
})

test('of two who follow the link at once, one is in', async () => {
  const { signUp, follow } = await setUp()
  const link = await signUp('Owner')
  const outcomes = await Promise.all([follow(link, password), follow(link, password)])
  expect(outcomes.toSorted()).toEqual([owners, refused].toSorted())
})
