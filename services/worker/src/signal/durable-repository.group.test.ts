// Messages to groups, with real sender keys: what is written, and what happens when WhatsApp delivers them again.
import { expect, test } from 'vitest'
import { type Device, device } from '../fakes/signal-device.ts'
import { hashOf } from './durable-repository.ts'

const group = '120363000000000001@g.us'
const authorJid = '900000000000001@lid'

/** What a member of the group writes: its sender key as the others get it, and the ciphertext for all. */
async function write(author: Device, text: string) {
  const { ciphertext, senderKeyDistributionMessage } = await author.repository.encryptGroupMessage({
    group,
    meId: authorJid,
    data: Buffer.from(text),
  })
  return { msg: Buffer.from(ciphertext), senderKey: senderKeyDistributionMessage }
}

const learn = (reader: Device, senderKey: Uint8Array): Promise<void> =>
  reader.repository.processSenderKeyDistributionMessage({
    item: { groupId: group, axolotlSenderKeyDistributionMessage: senderKey },
    authorJid,
  })

const read = async (reader: Device, msg: Uint8Array): Promise<string> =>
  Buffer.from(await reader.repository.decryptGroupMessage({ group, authorJid, msg })).toString()

test('a message to a group is one write: the sender key that it turned, and its plaintext', async () => {
  const [author, reader] = [device({ ours: false }), device({ ours: true })]
  const { msg, senderKey } = await write(author, 'hello group')
  await learn(reader, senderKey)
  const before = reader.written.length
  expect(await read(reader, msg)).toBe('hello group')
  const made = reader.written.slice(before)
  expect(made).toHaveLength(1)
  expect(Object.keys(made[0]?.mutations ?? {})).toEqual(['sender-key'])
  expect(made[0]?.inbox).toEqual([{ hash: hashOf(msg), plaintext: Buffer.from('hello group') }])
})

test('a sender key that was handed out is written before anything depends on it', async () => {
  const [author, reader] = [device({ ours: false }), device({ ours: true })]
  const { senderKey } = await write(author, 'x')
  await learn(reader, senderKey)
  expect(reader.written.some(({ mutations }) => mutations['sender-key'])).toBe(true)
  expect(reader.written.every(({ inbox }) => inbox.length === 0)).toBe(true)
})

test('delivered again, it is answered from memory: nothing is written, and the next one can be read', async () => {
  const [author, reader] = [device({ ours: false }), device({ ours: true })]
  const first = await write(author, 'one')
  await learn(reader, first.senderKey)
  await read(reader, first.msg)
  const before = reader.written.length
  expect(await read(reader, first.msg)).toBe('one')
  expect(reader.written).toHaveLength(before)
  const second = await write(author, 'two')
  expect(await read(reader, second.msg)).toBe('two')
})

test('a stanza that brings its sender key comes again as a whole: both are taken, and the next one can be read', async () => {
  const [author, reader] = [device({ ours: false }), device({ ours: true })]
  const first = await write(author, 'one')
  await learn(reader, first.senderKey)
  await read(reader, first.msg)
  await read(reader, (await write(author, 'two')).msg)
  await learn(reader, first.senderKey)
  expect(await read(reader, first.msg)).toBe('one')
  expect(await read(reader, (await write(author, 'three')).msg)).toBe('three')
})

test('what the account itself writes to a group is written before its frame can leave', async () => {
  const [author, reader] = [device({ ours: true }), device({ ours: false })]
  const first = await write(author, 'mine')
  expect(author.written.some(({ mutations }) => mutations['sender-key'])).toBe(true)
  const before = author.written.length
  const second = await write(author, 'mine again')
  expect(author.written.length).toBeGreaterThan(before)
  await learn(reader, first.senderKey)
  expect([await read(reader, first.msg), await read(reader, second.msg)]).toEqual(['mine', 'mine again'])
})

test('two members who write at the same moment are each written with their own sender key', async () => {
  const reader = device({ ours: true })
  const authors = [device({ ours: false }), device({ ours: false })]
  const jids = ['900000000000001@lid', '900000000000002@lid']
  const sent = await Promise.all(
    authors.map(async ({ repository }, n) => {
      const meId = jids[n] ?? ''
      const made = await repository.encryptGroupMessage({ group, meId, data: Buffer.from(`from ${n}`) })
      await reader.repository.processSenderKeyDistributionMessage({
        item: { groupId: group, axolotlSenderKeyDistributionMessage: made.senderKeyDistributionMessage },
        authorJid: meId,
      })
      return Buffer.from(made.ciphertext)
    }),
  )
  const before = reader.written.length
  await Promise.all(
    sent.map((msg, n) => reader.repository.decryptGroupMessage({ group, authorJid: jids[n] ?? '', msg })),
  )
  const made = reader.written.slice(before)
  expect(made).toHaveLength(2)
  expect(made.map(({ inbox }) => Buffer.from(inbox[0]?.plaintext ?? []).toString()).toSorted()).toEqual([
    'from 0',
    'from 1',
  ])
  for (const { mutations } of made) expect(Object.keys(mutations['sender-key'] ?? {})).toHaveLength(1)
})
