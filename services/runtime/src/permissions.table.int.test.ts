// Every user of nats.conf against every kind of subject that there is: who may publish where, who may listen, and nobody else.
// A new stream or bucket fails here until its row says who may do what.

import { natsUsers } from '@wagate/dev/servers/nats.ts'
import { buckets, streams } from '@wagate/messages/streams.ts'
import { startNats, type TestNats } from '@wagate/testing/nats.ts'
import { connect } from 'nats'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testBroker, testPartitions } from './testing/broker.ts'

/** All but the provisioner, who may do everything. */
const services = ['gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const
type Service = (typeof services)[number]
/** What is done → where → by whom. */
type Rights = Record<string, readonly Service[]>

const nobody = [] as const
const all = services
const readers = ['gateway', 'projector', 'webhooks', 'scheduler'] as const
const both = ['gateway', 'worker'] as const
/** What erases a tenant. */
const eraser = ['scheduler'] as const
const gatewayAndEraser = ['gateway', 'scheduler'] as const

/** `write`: keys, and who writes them. `read`: one key. `watch`: all of them, live. `purge`: remove for good. */
const bucketRights: Record<
  string,
  { write: Rights; read: readonly Service[]; watch: readonly Service[]; purge?: readonly Service[] }
> = {
  leases: {
    write: { 'partition.s1': ['worker'], 'consumer.projector-1': ['projector', 'webhooks'] },
    read: ['worker', 'projector', 'webhooks'],
    watch: ['worker'],
  },
  instances: {
    write: { projector_1: all.filter((user) => user !== 'monitor') },
    read: ['gateway'],
    watch: ['gateway'],
  },
  workers: { write: { wrk_1: ['worker'] }, read: both, watch: both },
  handovers: { write: { s1: ['worker'] }, read: ['worker'], watch: ['worker'] },
  worker_orders: { write: { wrk_1: ['gateway'] }, read: both, watch: both },
  failovers: { write: { fov_1: ['worker'] }, read: ['gateway'], watch: ['gateway'] },
  hosted: { write: { wrk_1: ['worker'] }, read: ['worker'], watch: ['worker'] },
  pools: { write: { acme: ['gateway'] }, read: both, watch: both },
  pairing: { write: { 't.s': ['worker'] }, read: both, watch: nobody, purge: eraser },
  idempotency: {
    write: { 't.0123456789ABCDEF': gatewayAndEraser },
    read: gatewayAndEraser,
    watch: eraser,
    purge: eraser,
  },
  sessions: {
    write: { 't.s.config': [...both, ...eraser], 't.s.state': ['worker', 'scheduler'] },
    read: [...both, ...eraser],
    watch: [...both, ...eraser],
    purge: eraser,
  },
  api_keys: { write: { key_1: gatewayAndEraser }, read: gatewayAndEraser, watch: ['gateway'], purge: eraser },
  tenants: { write: { t: gatewayAndEraser }, read: [...both, ...eraser], watch: both, purge: eraser },
  members: {
    write: { 't.p': gatewayAndEraser },
    read: gatewayAndEraser,
    watch: gatewayAndEraser,
    purge: eraser,
  },
  support_accesses: {
    write: { 't.a': gatewayAndEraser },
    read: gatewayAndEraser,
    watch: gatewayAndEraser,
    purge: eraser,
  },
  signing_keys: { write: { sig_1: ['gateway'] }, read: ['gateway'], watch: ['gateway'] },
  message_counts: { write: { '2026-11.3': ['gateway'] }, read: ['gateway'], watch: ['gateway'] },
  session_keys: { write: { 't.s': ['worker'] }, read: ['worker'], watch: ['worker'], purge: eraser },
}

const consumerRights = (stream: string, name: string, filter: string, puller: Service): Rights => ({
  [`$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`]: [puller],
  [`$JS.ACK.${stream}.${name}.1.1.1.1.0`]: [puller],
  [`$JS.ACK._.hash.${stream}.${name}.1.1.1.1.0.token`]: [puller],
  [`$JS.API.CONSUMER.CREATE.${stream}.${name}`]: nobody,
  [`$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${name}`]: nobody,
  [`$JS.API.CONSUMER.DELETE.${stream}.${name}`]: nobody,
  [`$JS.API.CONSUMER.PAUSE.${stream}.${name}`]: nobody,
  [`$JS.API.CONSUMER.RESET.${stream}.${name}`]: nobody,
  [`$JS.API.CONSUMER.LEADER.STEPDOWN.${stream}.${name}`]: nobody,
  ...(stream === 'EVENTS' ? { [`$JS.API.CONSUMER.CREATE.${stream}.${name}.${filter}`]: nobody } : {}),
})

const streamRights: Record<string, Rights> = {
  COMMANDS: {
    'cmd.s1.t.s.message.send': both,
    '$JS.API.STREAM.MSG.GET.COMMANDS': both,
    '$JS.API.STREAM.PURGE.COMMANDS': eraser,
    '$JS.API.DIRECT.GET.COMMANDS': ['worker'],
    '$JS.API.CONSUMER.INFO.COMMANDS.worker-s1': ['worker', 'monitor'],
    // The consumers of dedicated pools; the work queue refuses a second one on a partition.
    '$JS.API.CONSUMER.CREATE.COMMANDS.worker-d_acme_0.cmd.d_acme_0.>': ['gateway'],
    ...consumerRights('COMMANDS', 'worker-s1', 'cmd.s1.>', 'worker'),
  },
  EVENTS: {
    'evt.1.t.s.message.sent': ['worker'],
    '$JS.API.STREAM.MSG.GET.EVENTS': readers,
    '$JS.API.DIRECT.GET.EVENTS': readers,
    '$JS.API.STREAM.PURGE.EVENTS': eraser,
    '$JS.API.STREAM.MSG.DELETE.EVENTS': eraser,
    // Live readers, under names of their own.
    '$JS.API.CONSUMER.CREATE.EVENTS.reader.evt.>': ['gateway'],
    '$JS.API.CONSUMER.MSG.NEXT.EVENTS.reader': ['gateway'],
    '$JS.API.CONSUMER.DELETE.EVENTS.reader': ['gateway'],
    '$JS.API.CONSUMER.INFO.EVENTS.projector-3': ['projector', 'webhooks', 'scheduler', 'monitor'],
    '$JS.API.CONSUMER.INFO.EVENTS.webhooks-15': ['projector', 'webhooks', 'scheduler', 'monitor'],
    ...consumerRights('EVENTS', 'projector-3', 'evt.3.>', 'projector'),
    ...consumerRights('EVENTS', 'webhooks-15', 'evt.15.>', 'webhooks'),
  },
  SESSION_LOG: {
    'wal.1.s': ['worker'],
    '$JS.API.STREAM.MSG.GET.SESSION_LOG': ['worker'],
    '$JS.API.DIRECT.GET.SESSION_LOG': ['worker'],
    '$JS.API.STREAM.PURGE.SESSION_LOG': ['worker', 'scheduler'],
    '$JS.API.CONSUMER.CREATE.SESSION_LOG.reader.wal.>': nobody,
  },
  AUDIT: {
    'aud.1.t': ['gateway'],
    'aud.1.t.more': nobody,
    '$JS.API.STREAM.PURGE.AUDIT': eraser,
    '$JS.API.STREAM.MSG.GET.AUDIT': ['projector'],
    '$JS.API.DIRECT.GET.AUDIT': ['projector'],
    '$JS.API.CONSUMER.INFO.AUDIT.projector-audit': ['projector', 'monitor'],
    '$JS.API.CONSUMER.CREATE.AUDIT.reader.aud.>': nobody,
    ...consumerRights('AUDIT', 'projector-audit', 'aud.>', 'projector'),
  },
  DEAD_LETTERS: {
    'dlq.COMMANDS.worker-s1': ['worker'],
    'dlq.EVENTS.projector-1': ['projector'],
    'dlq.AUDIT.projector-audit': ['projector'],
    'dlq.EVENTS.webhooks-1': ['webhooks'],
    '$JS.API.STREAM.MSG.GET.DEAD_LETTERS': ['gateway', 'scheduler', 'monitor'],
    '$JS.API.DIRECT.GET.DEAD_LETTERS': ['gateway', 'scheduler', 'monitor'],
    '$JS.API.STREAM.MSG.DELETE.DEAD_LETTERS': gatewayAndEraser,
    '$JS.API.CONSUMER.CREATE.DEAD_LETTERS.reader.dlq.>': nobody,
  },
}

/** Those with consumers whose lag operators see. */
const watchedByOperators = new Set(['COMMANDS', 'EVENTS', 'AUDIT'])

/** What changes or copies a whole stream; of SESSION_LOG the worker may purge. */
const layoutRights = (stream: string): Rights => ({
  ...Object.fromEntries(
    ['CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE', 'PEER.REMOVE', 'LEADER.STEPDOWN'].map(
      (verb) => [`$JS.API.STREAM.${verb}.${stream}`, nobody],
    ),
  ),
  [`$JS.API.STREAM.INFO.${stream}`]: all,
  [`$JS.API.CONSUMER.NAMES.${stream}`]: all,
  [`$JS.API.CONSUMER.LIST.${stream}`]: watchedByOperators.has(stream) ? ['gateway', 'monitor'] : ['monitor'],
})

function rightsOfBucket(name: string): Rights {
  const { write = {}, read = nobody, watch = nobody, purge = nobody } = bucketRights[name] ?? {}
  const stream = `KV_${name}`
  return {
    ...layoutRights(stream),
    [`$JS.API.STREAM.PURGE.${stream}`]: purge,
    ...Object.fromEntries(Object.entries(write).map(([key, users]) => [`$KV.${name}.${key}`, users])),
    [`$KV.${name}.of.nobody.at.all`]: name === 'idempotency' ? ['gateway'] : nobody,
    [`$JS.API.STREAM.MSG.GET.${stream}`]: read,
    [`$JS.API.DIRECT.GET.${stream}`]: nobody,
    [`$JS.API.CONSUMER.CREATE.${stream}.w.$KV.${name}.>`]: watch,
    [`$JS.API.CONSUMER.MSG.NEXT.${stream}.w`]: watch,
    [`$JS.API.CONSUMER.DELETE.${stream}.w`]: watch,
    [`$JS.API.CONSUMER.DURABLE.CREATE.${stream}.w`]: nobody,
  }
}

const publishing: Rights = {
  ...Object.assign({}, ...buckets.map(({ name }) => rightsOfBucket(name))),
  ...Object.assign({}, ...streams.map(({ name }) => ({ ...layoutRights(name), ...streamRights[name] }))),
  'ask.s1.t.s': ['gateway'],
  'told.quota': ['gateway'],
  'told.anything': nobody,
  'notice.t.test': ['gateway', 'worker'],
  'notice.t': nobody,
  '$JS.API.INFO': ['monitor'],
  '$JS.API.STREAM.LIST': ['monitor'],
  '$JS.API.STREAM.NAMES': ['monitor'],
  '$JS.API.STREAM.CREATE.MINE': nobody,
  '$JS.API.META.LEADER.STEPDOWN': nobody,
  '$JS.API.ACCOUNT.PURGE.X': nobody,
  '$SYS.REQ.SERVER.PING': nobody,
  'anything.else': nobody,
  // An answer may be given to whoever asked, and to nobody else.
  ...Object.fromEntries(services.map((user) => [`_INBOX_${user}.forged`, nobody])),
}

const listening: Rights = {
  ...Object.fromEntries(services.map((user) => [`_INBOX_${user}.>`, [user]])),
  ...Object.fromEntries(
    [
      '>',
      '_INBOX.>',
      'cmd.>',
      'evt.>',
      'wal.>',
      'dlq.>',
      'aud.>',
      '$KV.>',
      'ask.>',
      'told.>',
      'notice.>',
      '$JS.API.>',
      '$JS.ACK.>',
      '$SYS.>',
    ].map((subject) => [subject, nobody]),
  ),
  'ask.*.*.*': ['worker'],
  'told.quota': ['gateway'],
  'notice.t.test': ['gateway'],
  '$JS.EVENT.ADVISORY.>': ['monitor'],
}

let nats: TestNats
beforeAll(async () => {
  nats = await startNats({ users: true })
  await using _ = await testBroker(nats, nats.login('provisioner'))
})
afterAll(() => nats[Symbol.asyncDispose]())

/** The subjects that the server refuses to that user. */
async function refusedTo(user: Service) {
  const { password } = nats.login(user)
  const connection = await connect({ servers: nats.url, user, pass: password, inboxPrefix: `_INBOX_${user}` })
  const refused = { publishing: new Set<string>(), listening: new Set<string>() }
  void (async () => {
    for await (const { permissionContext } of connection.status())
      if (permissionContext)
        refused[permissionContext.operation === 'publish' ? 'publishing' : 'listening'].add(permissionContext.subject)
  })()
  for (const subject of Object.keys(publishing)) connection.publish(subject)
  for (const subject of Object.keys(listening)) connection.subscribe(subject, { callback: () => {} })
  await connection.flush() // whatever is refused is told before this is answered
  await new Promise((resolve) => setImmediate(resolve))
  await connection.close()
  return refused
}

test('the table has a row for every user, every stream and every bucket', () => {
  expect(['provisioner', ...services].toSorted()).toEqual(natsUsers.toSorted())
  expect(Object.keys(bucketRights).toSorted()).toEqual(buckets.map(({ name }) => name).toSorted())
  expect(Object.keys(streamRights).toSorted()).toEqual(streams.map(({ name }) => name).toSorted())
})

test.each(services)('%s does its own work and nothing else', async (user) => {
  const refused = await refusedTo(user)
  const mayNot = (rights: Rights) =>
    Object.keys(rights)
      .filter((subject) => !rights[subject]?.includes(user))
      .toSorted()
  process.stdout.write(
    `\n  ${user}: ${Object.keys(publishing).length} subjects to publish to, ${refused.publishing.size} refused; ` +
      `${Object.keys(listening).length} to listen to, ${refused.listening.size} refused\n`,
  )
  expect([...refused.publishing].toSorted()).toEqual(mayNot(publishing))
  expect([...refused.listening].toSorted()).toEqual(mayNot(listening))
})

test('what was tried has changed nothing of the layout', async () => {
  await using broker = await testBroker(nats, { ...nats.login('gateway'), provision: false })
  await broker.check(testPartitions)
})
