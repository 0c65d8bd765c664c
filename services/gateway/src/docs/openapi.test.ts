import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const checkedIn = join(import.meta.dirname, '../../../../schemas/api/openapi.json')

test('the checked-in OpenAPI document is the one that the routes make (`pnpm --filter @wagate/gateway openapi` writes it)', async () => {
  const { app } = await createWorld()
  const served = await app.request('/openapi.json')
  expect(await served.json()).toEqual(JSON.parse(await readFile(checkedIn, 'utf8')))
})

test('every route names its scope or is for people, and has a summary and at least one answer', async () => {
  const { app } = await createWorld()
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { path, summary, security, responses } = definition.route
    expect(summary, path).toBeTruthy()
    const [needed] = security ?? []
    if (needed?.apiKey) expect(needed.apiKey, path).toHaveLength(1)
    else expect(path).toMatch(/^\/v1\/auth\//)
    expect(
      Object.keys(responses).some((status) => status.startsWith('2')),
      path,
    ).toBe(true)
  }
})

test('the reference page names every route and loads nothing from elsewhere', async () => {
  const { app } = await createWorld()
  const page = await (await app.request('/docs')).text()
  for (const { path } of app.routes.filter((route) => route.method !== 'ALL' && route.path.startsWith('/v1/')))
    expect(page).toContain(path.replaceAll(/:(\w+)/g, '{$1}'))
  expect(page).not.toMatch(/<script|<link|src=|@import|url\(/)
})

test('a problem page is served as Markdown, and as HTML to a browser', async () => {
  const { app } = await createWorld()
  expect(await (await app.request('/problems/internal')).text()).toBe('# Internal error')
  const html = await app.request('/problems/internal', { headers: { accept: 'text/html' } })
  expect(await html.text()).toContain('<h1>Internal error</h1>')
  expect((await app.request('/problems/none')).status).toBe(404)
})
