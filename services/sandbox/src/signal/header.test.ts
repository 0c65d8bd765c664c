import { expect, test } from 'vitest'
import { createPhoneSignal } from '../phone/signal.ts'
import { readSignalHeader } from './header.ts'
import { muteConsole } from './mute.ts'

muteConsole()

test('the header of real Signal messages counts up within a chain, first inside pkmsg and then in msg', async () => {
  const alice = createPhoneSignal()
  const bob = createPhoneSignal()
  await alice.startSession('2@lid', bob.takeBundle())
  const headers = []
  for (const text of ['one', 'two', 'three']) {
    const message = await alice.encrypt('2@lid', Buffer.from(text))
    expect(message.type).toBe('pkmsg')
    headers.push(readSignalHeader(message.type, message.ciphertext))
    expect(Buffer.from(await bob.decrypt('1@lid', message)).toString()).toBe(text)
  }
  expect(headers.map((header) => header?.counter)).toEqual([0, 1, 2])
  expect(new Set(headers.map((header) => header?.ratchetKey)).size).toBe(1)

  const reply = await bob.encrypt('1@lid', Buffer.from('hi'))
  expect(reply.type).toBe('msg')
  expect(readSignalHeader('msg', reply.ciphertext)).toMatchObject({ counter: 0 })
  await alice.decrypt('2@lid', reply)
  const next = await alice.encrypt('2@lid', Buffer.from('four'))
  expect(readSignalHeader(next.type, next.ciphertext)?.counter).toBe(0)
})

test.each([new Uint8Array(0), Buffer.from('nonsense'), Buffer.alloc(100, 0xff)])(
  'bytes that are no Signal message have no header',
  (bytes) => {
    expect(readSignalHeader('msg', bytes)).toBeUndefined()
    expect(readSignalHeader('pkmsg', bytes)).toBeUndefined()
  },
)
