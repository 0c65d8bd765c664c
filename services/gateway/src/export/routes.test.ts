import { Readable } from 'node:stream'
import { dataExport, exportPage } from '@wagate/api/export.ts'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../fakes/world.ts'

const objects = {
  get: async (key: string) => ({ sizeBytes: key.length, body: Readable.from([Buffer.from(key)]) }),
}
const done = { result: { archive: true, bytes: 7, sha256: 'ab', rows: { 'chats.jsonl': 1 } } }
const inAWeek = () => new Date(Date.now() + 7 * 86_400_000)

async function make({ request, ours }: World, key = ours.key) {
  return dataExport.parse(await (await request(key, 'POST', '/v1/exports')).json())
}
const codeOf = async (response: Response) => [response.status, problem.parse(await response.json()).code]

test('an export waits, and its archive is not ready until it has succeeded', async () => {
  const world = await createWorld({ objects })
  world.jobs.rows.length = 0
  const made = await make(world)
  expect(made).toMatchObject({ status: 'waiting', mode: 'test', rows: null, bytes: null })
  const early = await world.request(world.ours.key, 'GET', `/v1/exports/${made.id}/archive`)
  expect(await codeOf(early)).toEqual([409, 'export-not-ready'])
  world.jobs.finish(made.id, { ...done, expiresAt: inAWeek() })
  const archive = await world.request(world.ours.key, 'GET', `/v1/exports/${made.id}/archive`)
  expect(archive.headers.get('content-type')).toBe('application/zip')
  expect(await archive.text()).toBe(`exports/${world.ours.tenantId}/${made.id}.zip`)
  const found = await world.request(world.ours.key, 'GET', `/v1/exports/${made.id}`)
  expect(await found.json()).toMatchObject({ status: 'succeeded', bytes: 7, rows: { 'chats.jsonl': 1 } })
})

test('an archive whose time is over, or that is not there, is told as expired', async () => {
  const world = await createWorld({ objects: { get: async () => undefined } })
  world.jobs.rows.length = 0
  const made = await make(world)
  world.jobs.finish(made.id, { ...done, expiresAt: new Date(Date.now() - 1) })
  const path = `/v1/exports/${made.id}/archive`
  expect(await codeOf(await world.request(world.ours.key, 'GET', path))).toEqual([410, 'export-expired'])
  world.jobs.finish(made.id, { ...done, expiresAt: inAWeek() })
  expect(await codeOf(await world.request(world.ours.key, 'GET', path))).toEqual([410, 'export-expired'])
})

test('one export at a time and five a day; a repeat with its Idempotency-Key gets the first answer', async () => {
  const world = await createWorld({ objects })
  world.jobs.rows.length = 0
  const { request, ours } = world
  const keyed = () => request(ours.key, 'POST', '/v1/exports', undefined, { 'idempotency-key': 'once' })
  const first = dataExport.parse(await (await keyed()).json())
  expect(dataExport.parse(await (await keyed()).json()).id).toBe(first.id)
  expect(await codeOf(await request(ours.key, 'POST', '/v1/exports'))).toEqual([409, 'export-in-progress'])
  world.jobs.finish(first.id, done)
  for (let n = 1; n < 5; n++) world.jobs.finish((await make(world)).id, done)
  const sixth = await request(ours.key, 'POST', '/v1/exports')
  expect(sixth.headers.get('retry-after')).toBe('3600')
  expect(await codeOf(sixth)).toEqual([429, 'export-limit-reached'])
})

test('an export is seen in its mode only', async () => {
  const world = await createWorld({ objects })
  world.jobs.rows.length = 0
  const made = await make(world, world.ours.liveKey)
  const seen = await world.request(world.ours.key, 'GET', `/v1/exports/${made.id}`)
  expect(await codeOf(seen)).toEqual([404, 'export-not-found'])
  const listed = await world.request(world.ours.key, 'GET', '/v1/exports')
  expect(exportPage.parse(await listed.json()).data).toEqual([])
})
