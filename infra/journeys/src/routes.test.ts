import { expect, test } from 'vitest'
import { pages } from './pages.ts'
import { routeOf, routes } from './routes.ts'

test('an address is the page that names most of it', () => {
  const known = ['/', '/operator/accounts/[account]', '/operator/accounts/new', '/[tenant]/[mode]/sessions']
  expect(routeOf('/', known)).toBe('/')
  expect(routeOf('/operator/accounts/new', known)).toBe('/operator/accounts/new')
  expect(routeOf('/operator/accounts/{tenant}', known)).toBe('/operator/accounts/[account]')
  expect(routeOf('/{tenant}/test/sessions?cursor=x#y', known)).toBe('/[tenant]/[mode]/sessions')
  expect(routeOf('/{tenant}/test', known)).toBeUndefined()
})

test('every page is in the table of those that are judged and pictured', () => {
  const known = routes()
  expect(known.length).toBeGreaterThan(30)
  const judged = new Set(pages.map(({ path }) => routeOf(path, known)))
  expect(known.filter((route) => !judged.has(route))).toEqual([])
})
