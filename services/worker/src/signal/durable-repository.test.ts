import { beforeAll, expect, test } from 'vitest'
import { muteConsole } from '../engine/mute-console.ts'
import { bundleOf, device } from '../fakes/signal-device.ts'
import { packMutations } from '../log/packed-keys.ts'
import { hashOf } from './durable-repository.ts'
import { mendLibraries } from './mend.ts'

beforeAll(() => {
  muteConsole()
  mendLibraries()
})

const contactJid = '900000000000001@lid'
const jidOf = (n: number): string => `80000000000000${n}@lid`

test('accounts that hear from one contact at the same moment each write their own message with its ratchet', async () => {
  const contact = device({ ours: false })
  const accounts = Array.from({ length: 4 }, () => device({ ours: true }))
  const sent = await Promise.all(
    accounts.map(async (account, n) => {
      await contact.repository.injectE2ESession({ jid: jidOf(n), session: bundleOf(account) })
      return contact.repository.encryptMessage({ jid: jidOf(n), data: Buffer.from(`for account ${n}`) })
    }),
  )

  const read = await Promise.all(
    accounts.map((account, n) => {
      const message = sent[n]
      if (!message) throw new Error('nothing was sent')
      return account.repository.decryptMessage({ jid: contactJid, ...message })
    }),
  )

  expect(read.map((plaintext) => Buffer.from(plaintext).toString())).toEqual(accounts.map((_, n) => `for account ${n}`))
  for (const [n, account] of accounts.entries()) {
    const withRatchet = account.written.filter(({ mutations }) => mutations.session)
    expect(withRatchet).toHaveLength(1)
    expect(withRatchet[0]?.inbox).toEqual([
      { hash: hashOf(sent[n]?.ciphertext ?? Buffer.alloc(0)), plaintext: Buffer.from(`for account ${n}`) },
    ])
  }
})

test('accounts that write to one contact at the same moment each write their own ratchet', async () => {
  const contact = device({ ours: false })
  const accounts = Array.from({ length: 4 }, () => device({ ours: true }))
  const bundle = bundleOf(contact)
  await Promise.all(
    accounts.map(async ({ repository }) => {
      await repository.injectE2ESession({ jid: contactJid, session: bundle })
      await repository.encryptMessage({ jid: contactJid, data: Buffer.from('hello') })
    }),
  )
  for (const { written } of accounts) {
    expect(written.filter(({ mutations }) => mutations.session)).toHaveLength(2)
    expect(written.every(({ inbox }) => inbox.length === 0)).toBe(true)
  }
})

test('writing to a number and to the LID of the same person at once never uses a message key twice', async () => {
  const account = device({ ours: true })
  const contact = device({ ours: false })
  const numberJid = '999100200300@s.whatsapp.net'
  account.memory.apply(
    packMutations({ 'lid-mapping': { '999100200300': '900000000000001', '900000000000001_reverse': '999100200300' } }),
  )
  await account.repository.injectE2ESession({ jid: contactJid, session: bundleOf(contact) })
  const sent = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      account.repository.encryptMessage({ jid: n % 2 ? numberJid : contactJid, data: Buffer.from(`message ${n}`) }),
    ),
  )
  for (const [n, message] of sent.entries()) {
    const plaintext = await contact.repository.decryptMessage({ jid: jidOf(0), ...message })
    expect(Buffer.from(plaintext).toString()).toBe(`message ${n}`)
  }
})

test('a late message of an older session leaves the newer one as it is: what is then written can be read', async () => {
  const accountJid = jidOf(1)
  const account = device({ ours: true })
  const contact = device({ ours: false })
  const say = async (from: typeof account, to: typeof account, text: string) => {
    const jid = from === account ? contactJid : accountJid
    const sent = await from.repository.encryptMessage({ jid, data: Buffer.from(text) })
    return async () => {
      const read = await to.repository.decryptMessage({ jid: from === account ? accountJid : contactJid, ...sent })
      return Buffer.from(read).toString()
    }
  }
  await contact.repository.injectE2ESession({ jid: accountJid, session: bundleOf(account) })
  await (await say(contact, account, 'first'))()
  await (await say(account, contact, 'answer'))()
  const late = await say(contact, account, 'late')
  const later = await say(contact, account, 'later')

  await account.repository.injectE2ESession({ jid: contactJid, session: bundleOf(contact) })
  expect(await late()).toBe('late')
  expect(await (await say(account, contact, 'anew'))()).toBe('anew')
  expect(await later()).toBe('later') // of a ratchet key that is known by now
  expect(await (await say(contact, account, 'and back'))()).toBe('and back')
})
