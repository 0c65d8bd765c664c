import { beforeAll, expect, test } from 'vitest'
import { muteConsole } from '../signal/mute.ts'
import { sessionCipher, tryOnCopies } from '../signal/session-trial.ts'
import { createPhoneSignal } from './signal.ts'

beforeAll(() => {
  muteConsole()
  tryOnCopies(sessionCipher())
})

test('a late message of an older session leaves the newer one as it is: what the phone then writes can be read', async () => {
  const phones = { a: createPhoneSignal(), b: createPhoneSignal() }
  const jids = { a: '800000000000001@lid', b: '800000000000002@lid' }
  const say = async (from: 'a' | 'b', to: 'a' | 'b', words: string) => {
    const sent = await phones[from].encrypt(jids[to], Buffer.from(words))
    return async () => Buffer.from(await phones[to].decrypt(jids[from], sent)).toString()
  }
  await phones.b.startSession(jids.a, phones.a.takeBundle())
  await (await say('b', 'a', 'first'))()
  await (await say('a', 'b', 'answer'))()
  const late = await say('b', 'a', 'late')
  const later = await say('b', 'a', 'later')

  await phones.a.startSession(jids.b, phones.b.takeBundle())
  expect(await late()).toBe('late')
  expect(await (await say('a', 'b', 'anew'))()).toBe('anew')
  expect(await later()).toBe('later') // of a ratchet key that is known by now
  expect(await (await say('b', 'a', 'and back'))()).toBe('and back')
})
