import { foundMessage, foundMessagePage } from '@wagate/api/message-search.ts'
import { wordScope } from '@wagate/messages/words.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { queryOf } from './search.ts'

test('what was typed becomes words that begin words, whatever signs are in it', () => {
  const scope = wordScope('ten_a', 'live')
  expect(queryOf('ten_a', 'live', "Café' | !x:*")).toBe(`'${scope}:cafe':* & '${scope}:x':*`)
  expect(queryOf('ten_a', 'live', "'!:*& \\")).toBeUndefined()
})

test('a key for some sessions finds messages of those only, and a cursor is good for its own search', async () => {
  const { request, addKey, addSession, ours, inbox } = await createWorld()
  const other = await addSession(ours.tenantId, 'test')
  const [known] = inbox.messages.filter(({ id }) => id === ours.params.message_id)
  if (!known) throw new Error('no message')
  Object.assign(known, { type: 'text', text: { body: 'hello' } })
  inbox.messages.push({ ...known, id: `${known.id.slice(0, -1)}0`, session_id: other })
  const find = async (key: string, query: string) => {
    const answer = await request(key, 'GET', `/v1/messages/search?${query}`)
    return { status: answer.status, body: await answer.json() }
  }
  const ids = async (key: string, query: string) =>
    foundMessagePage.parse((await find(key, query)).body).data.map((one) => foundMessage.parse(one).session_id)
  expect((await ids(ours.key, 'q=hello')).toSorted()).toEqual([known.session_id, other].toSorted())
  const restricted = addKey(ours.tenantId, 'test', undefined, { sessionIds: [known.session_id] })
  expect(await ids(restricted, 'q=hello')).toEqual([known.session_id])
  expect(await ids(restricted, `q=hello&session_id=${other}`)).toEqual([])
  expect(await ids(ours.key, `q=hello&chat_id=${known.chat_id}`)).toHaveLength(2)
  expect(await ids(ours.key, 'q=hello&chat_id=none')).toEqual([])
  for (const wrong of ['', 'q=', 'q=a', `q=${'a'.repeat(81)}`]) expect((await find(ours.key, wrong)).status).toBe(422)
  const { next_cursor } = foundMessagePage.parse((await find(ours.key, 'q=hello&limit=1')).body)
  expect((await find(ours.key, `q=hello&limit=1&cursor=${next_cursor}`)).status).toBe(200)
  expect((await find(ours.key, `q=other&limit=1&cursor=${next_cursor}`)).status).toBe(422)
})
