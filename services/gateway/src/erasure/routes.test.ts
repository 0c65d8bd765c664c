import { erasure, erasurePage } from '@wagate/api/erasure.ts'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const person = '+999100200300'
const codeOf = async (response: Response) => [response.status, problem.parse(await response.json()).code]

test('an erasure is asked for, and tells how much it removed but never whom it was about', async () => {
  const { request, ours, jobs } = await createWorld()
  const made = erasure.parse(await (await request(ours.key, 'POST', '/v1/erasures', { person })).json())
  expect(made).toMatchObject({ status: 'waiting', mode: 'test', removed: null, swept: null })
  expect(jobs.rows.find(({ jobId }) => jobId === made.id)?.params).toEqual({ names: [person] })
  jobs.finish(made.id, { result: { removed: { messages: 3 }, swept: { messages: 0 } } })
  const found = await (await request(ours.key, 'GET', `/v1/erasures/${made.id}`)).text()
  expect(JSON.parse(found)).toMatchObject({ status: 'succeeded', removed: { messages: 3 }, swept: { messages: 0 } })
  expect(found).not.toContain(person)
  const listed = erasurePage.parse(await (await request(ours.key, 'GET', '/v1/erasures')).json())
  expect(listed.data.map(({ id }) => id)).toEqual([made.id])
})

test('whoever is to be erased is named in full', async () => {
  const { request, ours } = await createWorld()
  for (const wrong of ['999100200300', '+99', '%', '', 'Ada'])
    expect((await request(ours.key, 'POST', '/v1/erasures', { person: wrong })).status, wrong).toBe(422)
})

test('ten at once, and an export is no erasure', async () => {
  const { request, ours } = await createWorld()
  for (let n = 0; n < 10; n++)
    expect((await request(ours.key, 'POST', '/v1/erasures', { person: `+99910020030${n}` })).status).toBe(202)
  const more = await request(ours.key, 'POST', '/v1/erasures', { person })
  expect(await codeOf(more)).toEqual([429, 'erasure-limit-reached'])
  const other = await request(ours.key, 'GET', `/v1/erasures/${ours.params.job_id}`)
  expect(await codeOf(other)).toEqual([404, 'erasure-not-found'])
})
