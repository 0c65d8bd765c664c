import type { SessionConfig } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import type { Route } from '../proxy/route.ts'
import { createConnectionCounts } from './connection-counts.ts'
import { createProxying } from './proxying.ts'
import { createQuiet } from './quiet.ts'

const routes = new Map<string, Route>()
const config = (name?: string): SessionConfig => ({
  ...{ v: 1, tenantId: 'ten_1', sessionId: 'ses_1', mode: 'test', partition: 's0', desired: 'running', createdAt: '' },
  ...(name ? { name } : {}),
})
for (const name of ['a', 'b'])
  routes.set(name, { key: name, egress: name, open: () => Promise.reject(new Error('not dialled here')) })

function world(first?: string) {
  const told: string[] = []
  const standing = { unacknowledged: 0, rests: false, released: false }
  const counts = createConnectionCounts()
  const quiet = createQuiet({
    unacknowledged: () => standing.unacknowledged,
    connected: () => true,
    nowMs: () => 0,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
    onResumed: () => proxying.resumed(),
  })
  const proxying = createProxying({
    config: config(first),
    routeOf: ({ name }) => routes.get(name ?? ''),
    quiet,
    released: () => standing.released,
    rests: () => standing.rests,
    reconnect: () => told.push('reconnect'),
    onChanged: () => {},
    observe: counts.observer,
    now: () => new Date(0),
    log: (event) => told.push(event),
    warn: (event, { reason }) => told.push(`${event} ${reason}`),
  })
  const turns = async () => {
    for (let n = 0; n < 5; n++) await new Promise((resolve) => setImmediate(resolve))
  }
  return { told, standing, quiet, proxying, counts, turns }
}

test('another proxy is one new connection, the same one none', async () => {
  const { told, proxying, turns } = world('a')
  proxying.configure(config('a'))
  await turns()
  expect(told).toEqual([])
  proxying.configure(config('b'))
  expect(proxying.route()?.key).toBe('b')
  await turns()
  expect(told).toEqual(['session.proxy_changed', 'reconnect'])
  proxying.configure(config())
  await turns()
  expect(proxying.route()).toBeUndefined()
  expect(told.slice(2)).toEqual(['session.proxy_changed', 'reconnect'])
})

test('the connection stays until WhatsApp has acknowledged what it was handed, and nothing is handed over meanwhile', async () => {
  const { told, standing, quiet, proxying, turns } = world()
  standing.unacknowledged = 1
  proxying.configure(config('a'))
  await turns()
  expect(quiet.holds()).toBe(true)
  expect(told).not.toContain('reconnect')
  standing.unacknowledged = 0
  await turns()
  expect(quiet.holds()).toBe(false)
  expect(told).toContain('reconnect')
})

test('changes while it waits end in one connection, on the last way', async () => {
  const { told, standing, proxying, turns } = world()
  standing.unacknowledged = 1
  proxying.configure(config('a'))
  proxying.configure(config('b'))
  standing.unacknowledged = 0
  await turns()
  expect(told.filter((line) => line === 'reconnect')).toHaveLength(1)
  expect(proxying.route()?.key).toBe('b')
})

test('a session whose lease runs out opens nothing until it is renewed', async () => {
  const { told, quiet, proxying, turns } = world()
  quiet.pause()
  proxying.configure(config('a'))
  await turns()
  expect(told).not.toContain('reconnect')
  quiet.resume()
  await turns()
  expect(told).toContain('reconnect')
})

test.each(['rests', 'released'] as const)('a session that %s takes the new way when it connects next', async (how) => {
  const { told, standing, proxying, turns } = world()
  standing[how] = true
  proxying.configure(config('a'))
  await turns()
  expect(told).not.toContain('reconnect')
  expect(proxying.route()?.key).toBe('a')
})

test('a failure is told once, each attempt is counted, and it is over when a socket gets through or the proxy changes', () => {
  const { told, proxying, counts } = world('a')
  for (const reason of ['unreachable', 'unreachable', 'credentials'] as const) proxying.failed(reason)
  expect(proxying.failure()).toMatchObject({ reason: 'credentials' })
  expect(counts.snapshot().proxyFailures).toEqual({ unreachable: 2, credentials: 1 })
  proxying.works()
  proxying.works()
  expect(proxying.failure()).toBeUndefined()
  expect(told).toEqual([
    'session.proxy_failing unreachable',
    'session.proxy_failing credentials',
    'session.proxy_works',
  ])
  proxying.failed('timeout')
  proxying.configure(config('b'))
  expect(proxying.failure()).toBeUndefined()
})
