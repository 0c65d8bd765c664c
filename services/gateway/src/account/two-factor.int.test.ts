// What somebody who is signed in may do with the second factor, on a real database.

import { totp } from '@wagate/testing/totp.ts'
import { afterAll, expect, test } from 'vitest'
import { codeOf, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
afterAll(stop)

/** Somebody with the second factor switched on; `code` is what the app shows so many steps later. */
async function guarded() {
  const { as, signUp } = await gateway()
  const { email, token, personId } = await signUp()
  const { uri, backup_codes } = await as(token).setUpTwoFactor({ password })
  const code = (steps: number) => totp(new URL(uri).searchParams.get('secret') ?? '', steps)
  const { session_token } = await as(token).confirmTwoFactor({ code: code(0) })
  const shown = [-1, 0, 1, 2].map(code)
  const wrong = ['000000', '000001', '000002', '000003', '000004'].find((one) => !shown.includes(one)) ?? ''
  return { as, email, personId, me: as(session_token), code, wrong, backupCodes: backup_codes }
}

test('neither the password nor a code alone switches the second factor off or makes new backup codes', async () => {
  const { me, code, wrong, backupCodes } = await guarded()
  const backup_code = backupCodes[0] ?? ''
  for (const change of [me.removeTwoFactor, me.createBackupCodes]) {
    expect(await codeOf(change({ password }))).toBe('second-factor-refused')
    expect(await codeOf(change({ password, code: wrong }))).toBe('second-factor-refused')
    expect(await codeOf(change({ password, backup_code: 'no-such-one' }))).toBe('second-factor-refused')
    expect(await codeOf(change({ password: otherPassword, code: code(1) }))).toBe('password-wrong')
    expect(await codeOf(change({ password: otherPassword, backup_code }))).toBe('password-wrong')
  }
  expect((await me.me()).person.two_factor).toBe(true)
  const { backup_codes: fresh } = await me.createBackupCodes({ password, backup_code })
  expect(await codeOf(me.removeTwoFactor({ password, backup_code: backupCodes[1] ?? '' }))).toBe(
    'second-factor-refused',
  )
  const { person } = await me.removeTwoFactor({ password, backup_code: fresh[0] ?? '' })
  expect(person.two_factor).toBe(false)
})

test('a code works once, whatever it is shown for', async () => {
  const { me, code } = await guarded()
  const next = code(1)
  await me.createBackupCodes({ password, code: next })
  expect(await codeOf(me.removeTwoFactor({ password, code: next }))).toBe('second-factor-refused')
})

test('wrong codes of somebody signed in are counted by person, over all devices and steps, and leave signing in as it is', async () => {
  const { as, email, me, wrong, code, backupCodes } = await guarded()
  const challenge = (await as().signIn({ email, password })).second_factor?.challenge ?? ''
  const other = as((await as().passSecondFactor({ challenge, code: code(1) })).session_token)
  const guesses = [me.removeTwoFactor, other.createBackupCodes, other.deleteMe]
  for (let n = 0; n < 10; n++)
    expect(await codeOf(guesses[n % 2]?.({ password, code: wrong }) ?? Promise.resolve())).toBe('second-factor-refused')
  const backup_code = backupCodes[0] ?? ''
  for (const change of guesses.slice(0, 2))
    expect(await codeOf(change({ password, backup_code }))).toBe('too-many-attempts')
  expect((await as().signIn({ email, password })).second_factor).not.toBeNull()
  await sql`update attempt set expires_at = now() - interval '1 second' where key like 'second_factor.%'`
  expect(await codeOf(me.removeTwoFactor({ password, backup_code }))).toBe('none')
})

test('a backup code that is shown many times at once works once, and is refused in words the other times', async () => {
  const { as, email, backupCodes } = await guarded()
  const backup_code = backupCodes[0] ?? ''
  const challenges = await Promise.all(
    Array.from({ length: 4 }, async () => (await as().signIn({ email, password })).second_factor?.challenge ?? ''),
  )
  const answers = challenges.map((challenge) => codeOf(as().passSecondFactor({ challenge, backup_code })))
  expect((await Promise.all(answers)).toSorted()).toEqual([
    'none',
    ...Array.from({ length: 3 }, () => 'second-factor-refused'),
  ])
})
