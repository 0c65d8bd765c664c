import { expect, test } from 'vitest'
import { openInbox } from '../testing/inbox.ts'

async function openSearch() {
  const inbox = await openInbox()
  await inbox.session()
  await inbox.session('ses_2')
  const found = async (q: string, more: { chatId?: string; sessionIds?: string[]; tenantId?: string } = {}) => {
    const { tenantId = 'ten_a', chatId, sessionIds } = more
    const page = { limit: 20, after: undefined }
    const rows = await inbox.searchMessages(tenantId, 'live', { q, chatId, sessionIds }, page)
    return rows.map(({ item }) => item.text?.body)
  }
  return { ...inbox, found, [Symbol.asyncDispose]: () => inbox[Symbol.asyncDispose]() }
}

test('messages are found by words and beginnings of words, newest first, in both directions', async () => {
  await using search = await openSearch()
  const chat = await search.chat()
  await search.message(chat, 1, { body: 'Your invoice is ready' })
  await search.message(chat, 2, { body: 'Which INVOICES, the one for the café?', direction: 'out' })
  await search.message(chat, 3, { body: '您的订单已经发货了' })
  await search.message(chat, 4, { type: 'imageMessage' })
  expect(await search.found('invoice')).toEqual(['Which INVOICES, the one for the café?', 'Your invoice is ready'])
  expect(await search.found('CAFE inv')).toEqual(['Which INVOICES, the one for the café?'])
  expect(await search.found('发货')).toEqual(['您的订单已经发货了'])
  for (const nothing of ['voice', '!!', "' | 'x", "a':*", '\\', 'imageMessage', 'invoice café ready'])
    expect(await search.found(nothing), nothing).toEqual([])
})

test('a message that is found says how the other side is called, where that is known', async () => {
  await using search = await openSearch()
  await search.message(await search.chat({ name: 'Ana' }), 1, { body: 'hello from Ana' })
  await search.message(await search.chat(), 2, { body: 'hello from a number' })
  const page = { limit: 20, after: undefined }
  const found = await search.searchMessages('ten_a', 'live', { q: 'hello', sessionIds: undefined }, page)
  expect(found.map(({ item }) => item.chat)).toEqual([
    { phone: '+999100', lid: null, name: null },
    { phone: '+999100', lid: null, name: 'Ana' },
  ])
})

test('nothing is found of other tenants, modes, sessions and chats, nor without saying what is searched for', async () => {
  await using search = await openSearch()
  const [one, two] = [await search.chat(), await search.chat({ sessionId: 'ses_2' })]
  await search.message(one, 1, { body: 'hello one' })
  await search.message(two, 2, { body: 'hello two', sessionId: 'ses_2' })
  await search.session('ses_t', { mode: 'test' })
  const tried = await search.chat({ sessionId: 'ses_t', mode: 'test' })
  await search.message(tried, 3, { body: 'hello test', sessionId: 'ses_t', mode: 'test' })
  await search.session('ses_b', { tenantId: 'ten_b' })
  const theirs = await search.chat({ tenantId: 'ten_b', sessionId: 'ses_b' })
  await search.message(theirs, 4, { body: 'hello b', tenantId: 'ten_b', sessionId: 'ses_b' })
  expect(await search.found('hello')).toEqual(['hello two', 'hello one'])
  expect(await search.found('hello', { chatId: one })).toEqual(['hello one'])
  expect(await search.found('hello', { sessionIds: ['ses_2'] })).toEqual(['hello two'])
  expect(await search.found('hello', { tenantId: 'ten_b' })).toEqual(['hello b'])
  expect(await search.found('hello', { tenantId: 'ten_b', chatId: one })).toEqual([])
  const unsaid = search.api.begin(async (tx) => {
    await tx`select set_config('app.tenant_id', 'ten_a', true)`
    return tx`select * from message_words`
  })
  expect(await unsaid).toHaveLength(0)
})

test('pages hold every message once, also beyond the month that is looked at first', async () => {
  await using search = await openSearch()
  const chat = await search.chat()
  const day = 24 * 60
  await search.projector`select ensure_message_partition(${search.timeOf(-40 * day)})`
  await search.projector`select ensure_message_partition(${search.timeOf(-80 * day)})`
  const minutes = [-80 * day, -79 * day, -40 * day, -39 * day, -1, 0, 1]
  for (const minute of minutes) await search.message(chat, minute, { body: `hello ${minute}` })
  const seen: (string | undefined)[] = []
  for (let after: { key: string; id: string } | undefined; ; ) {
    const rows = await search.searchMessages('ten_a', 'live', { q: 'hel', sessionIds: undefined }, { limit: 2, after })
    seen.push(...rows.slice(0, 2).map(({ item }) => item.text?.body))
    after = rows[1]?.position
    if (rows.length <= 2) break
  }
  expect(seen).toEqual(minutes.toReversed().map((minute) => `hello ${minute}`))
})
