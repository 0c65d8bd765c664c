import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { loadConfig } from '@wagate/dev/config.ts'
import { at } from '@wagate/dev/paths.ts'
import { components, environmentOf, provisionerEnvironment, type Wiring } from '@wagate/dev/stack/components.ts'
import { makeSecrets } from '@wagate/dev/stack/secrets.ts'
import { expect, test } from 'vitest'
import { sources } from './tree.ts'

const text = readFileSync(at('.env.example'), 'utf8')
const example = parseEnv(text)
/** A variable without a default is named in a comment. */
const named = [...text.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].flatMap(([, name]) => name ?? [])

const wiring: Wiring = {
  port: {
    ...{ nats: 1, monitor: 2, postgres: 3, s3: 4, mail: 10, smtp: 11 },
    ...{ sandbox: 5, gateway: 6, worker: 7, projector: 8, webhooks: 9, scheduler: 12, ui: 13 },
  },
  secrets: makeSecrets(),
  partitions: 64,
  passedOn: { LOG_LEVEL: 'info', ENGINES: '1', CAPACITY: '10', WHATSAPP_WS_URL: 'wss://example.test' },
}

test('.env.example names every variable that the stack hands to a service', () => {
  const services = components.flatMap((component) => (component.kind === 'service' ? [component.name] : []))
  const given = [...services.map((name) => environmentOf(name, wiring)), provisionerEnvironment(wiring)]
  const missing = given.flatMap((env) => Object.keys(env)).filter((name) => !named.includes(name))
  expect([...new Set(missing)]).toEqual([])
})

const read = sources('{services,infra}/*')
  .filter(({ path }) => /^services\/\w+\/src\/config\.ts$|^infra\/nats\/src\/provision\.ts$/.test(path))
  .flatMap(({ code }) => [...code.matchAll(/\b([A-Z][A-Z0-9_]{2,}): /g)].flatMap(([, name]) => name ?? []))

test('.env.example names every variable that a service or the provisioner reads', () => {
  const internal = /^(ENGINE_ID|FAULT_)/ // between a supervisor and its engines, and for fault tests
  expect(read).toEqual(expect.arrayContaining(['NATS_URL', 'REPLICAS']))
  expect([...new Set(read)].filter((name) => !named.includes(name) && !internal.test(name))).toEqual([])
})

test('operations.md explains every variable that a service or the provisioner reads', () => {
  const page = readFileSync(at('docs/operations.md'), 'utf8')
  const internal = /^ENGINE_ID$/ // between a supervisor and its engines
  const missing = [...new Set(read)].filter((name) => !page.includes(`\`${name}\``) && !internal.test(name))
  expect(missing).toEqual([])
})

test('.env.example says what .env changes: every variable is the stack’s own, handed on to services, or named as decided by the stack', () => {
  const ofStack = /^(WAGATE_DATA_DIR|PARTITIONS|[A-Z0-9]+_PORT|NATS_MONITOR_PORT)$/
  const handedOn = loadConfig(Object.fromEntries(named.map((name) => [name, ofStack.test(name) ? '' : 'x']))).passedOn
  const decided = new Set(
    components.flatMap(({ name, kind }) =>
      kind === 'service' ? Object.keys(environmentOf(name, { ...wiring, passedOn: {} })) : [],
    ),
  )
  const idle = named.filter((name) => !ofStack.test(name) && !(name in handedOn) && !decided.has(name))
  expect(idle).toEqual(['REPLICAS'])
})

test('.env.example is a configuration that make up accepts', () => {
  const config = loadConfig(example)
  expect(config.dir).toBe(at('.data'))
  expect(config.ports).toEqual({
    nats: 4222,
    monitor: 8222,
    postgres: 5433,
    s3: 9000,
    mail: 8025,
    smtp: 1025,
    sandbox: 8090,
    gateway: 8080,
    worker: 8081,
    projector: 8082,
    webhooks: 8083,
    scheduler: 8084,
    ui: 3000,
  })
})

test('a bad configuration names every variable that is wrong', () => {
  expect(() => loadConfig({ GATEWAY_PORT: 'http', PARTITIONS: '0', s: 'nats,kafka' })).toThrow(
    /s=kafka must be one of .*\nGATEWAY_PORT=http must be .*\nPARTITIONS=0 must be/,
  )
})
