import { problem } from '@wagate/api/problems.ts'
import { maxQuickReplies, quickReplies, quickReply } from '@wagate/api/quick-reply.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function openReplies() {
  const world = await createWorld()
  const call = async (method: string, path: string, body?: unknown, key = world.ours.key) => {
    const headers = method === 'POST' ? { 'idempotency-key': JSON.stringify(body).slice(0, 200) } : {}
    return world.request(key, method, `/v1/quick-replies${path}`, body, headers)
  }
  const make = async (shortcut: string) =>
    quickReply.parse(await (await call('POST', '', { shortcut, text: 'Thank you!' })).json())
  const shortcuts = async (key?: string) =>
    quickReplies.parse(await (await call('GET', '', undefined, key)).json()).data.map(({ shortcut }) => shortcut)
  const codeOf = async (response: Response) => problem.parse(await response.json()).code
  return { ...world, call, make, shortcuts, codeOf }
}

test('quick replies are made, changed and deleted, on record, without their texts', async () => {
  const { call, make, shortcuts, onRecord, ours } = await openReplies()
  const made = await make('thanks-1')
  expect(await make('thanks-1')).toEqual(made)
  const changed = await call('PATCH', `/${made.id}`, { text: 'Thanks a lot!' })
  expect(await changed.json()).toMatchObject({ id: made.id, shortcut: 'thanks-1', text: 'Thanks a lot!' })
  expect(await shortcuts(ours.liveKey)).toEqual(await shortcuts())
  expect(await shortcuts()).toContain('thanks-1')
  expect((await call('DELETE', `/${made.id}`)).status).toBe(204)
  expect((await call('DELETE', `/${made.id}`)).status).toBe(404)
  const kinds = new Set(onRecord.published.map(({ action, targets }) => `${action} ${targets[0]}`))
  expect([...kinds]).toEqual(['created', 'updated', 'deleted'].map((done) => `quick_reply.${done} ${made.id}`))
  expect(JSON.stringify(onRecord.published)).not.toContain('Thank')
})

test('a shortcut is there once, in small letters, and there are not too many', async () => {
  const { call, make, shortcuts, codeOf } = await openReplies()
  await make('one')
  const two = await make('two')
  expect(await codeOf(await call('POST', '', { shortcut: 'one', text: 'another' }))).toBe('shortcut-taken')
  expect(await codeOf(await call('PATCH', `/${two.id}`, { shortcut: 'one' }))).toBe('shortcut-taken')
  for (const shortcut of ['', 'Big', 'a b', 'ü', 'x'.repeat(33)])
    expect(await codeOf(await call('POST', '', { shortcut, text: 'text' }))).toBe('invalid-request')
  const there = (await shortcuts()).length
  for (let n = there; n < maxQuickReplies; n++) await make(`more-${n}`)
  expect(await codeOf(await call('POST', '', { shortcut: 'last', text: 'x' }))).toBe('quick-reply-limit-reached')
})
