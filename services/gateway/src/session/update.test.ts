import { session, sessionPage } from '@wagate/api/session.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function named() {
  const world = await createWorld()
  const { key, params } = world.ours
  const path = `/v1/sessions/${params.session_id}`
  const change = async (body: unknown, by = key) => {
    const answer = await world.request(by, 'PATCH', path, body)
    return { status: answer.status, body: await answer.json() }
  }
  const rename = async (name: string | null) => session.parse((await change({ name })).body)
  const listed = async () => {
    const list = sessionPage.parse(await (await world.request(key, 'GET', '/v1/sessions')).json())
    return list.data.find(({ id }) => id === params.session_id)?.name
  }
  return { ...world, path, change, rename, listed, sessionId: params.session_id }
}

test('a session is renamed, and without a name when that is taken from it; its pace stays', async () => {
  const { change, rename, listed } = await named()
  await change({ pacing: { burst: 3 } })
  expect(await rename('front desk')).toMatchObject({ name: 'front desk', pacing: { burst: 3 } })
  expect(await listed()).toBe('front desk')
  expect(await change({ pacing: { burst: 4 } })).toMatchObject({ body: { name: 'front desk', pacing: { burst: 4 } } })
  expect(await rename(null)).toMatchObject({ name: null, pacing: { burst: 4 } })
  expect(await listed()).toBeNull()
})

test('a name that is none is refused, and changes nothing', async () => {
  const { change, rename, listed } = await named()
  await rename('front desk')
  for (const name of ['', 'x'.repeat(101), 'a\0b', 7])
    expect(await change({ name })).toMatchObject({ status: 422, body: { errors: [{ path: 'name' }] } })
  expect(await listed()).toBe('front desk')
})

test('a change is on record without the name, and told to whoever follows the account', async () => {
  const { change, rename, sessionId, onRecord, inbox } = await named()
  await change({})
  expect(inbox.told).toEqual([])
  onRecord.published.length = 0
  await rename('front desk')
  await rename(null)
  expect(onRecord.published.map(({ action, targets, changes }) => ({ action, targets, changes }))).toEqual(
    ['set', 'removed'].map((name) => ({ action: 'session.updated', targets: [sessionId], changes: { name } })),
  )
  expect(inbox.told).toMatchObject([1, 2].map(() => ({ type: 'session.updated', sessionId })))
})

test('a name that was given while another request changed the pace is not lost', async () => {
  const { change, listed } = await named()
  const both = await Promise.all([change({ name: 'front desk' }), change({ pacing: { burst: 7 } })])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(await listed()).toBe('front desk')
})
