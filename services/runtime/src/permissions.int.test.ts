// nats.conf gives each service what it needs and no more. Every user does its job here, then tries the others'.
import { auditConsumer, workerConsumer } from '@wagate/messages/streams.ts'
import { auditSubject, auditSubjects, shardCount } from '@wagate/messages/subjects.ts'
import { startNats, type TestNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Broker, Outcome } from './broker.ts'
import { BrokerUnavailable } from './errors.ts'
import { claimLease, releaseLease, renewLease } from './lease.ts'
import { bytes, type TestBroker, testBroker, testPartitions, text } from './testing/broker.ts'

type NatsUser = Parameters<TestNats['login']>[0]

let nats: TestNats
const brokers = new Map<NatsUser, TestBroker>()

beforeAll(async () => {
  nats = await startNats({ users: true })
  for (const user of ['provisioner', 'gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const)
    brokers.set(
      user,
      await testBroker(nats, { ...nats.login(user), provision: user === 'provisioner', timeoutMs: 2_000 }),
    )
})
afterAll(async () => {
  for (const broker of brokers.values()) await broker.drain()
  await nats.stop()
})

function as(user: NatsUser): Broker {
  const broker = brokers.get(user)
  if (!broker) throw new Error(`no ${user}`)
  return broker
}

const command = 'cmd.s1.t.s.message.send'
const event = 'evt.1.t.s.message.sent'
const log = 'wal.1.ses_a'
const done: Outcome = { kind: 'done' }

const forbidden = (action: Promise<unknown>) =>
  expect(action).rejects.toMatchObject({ name: 'BrokerRefused', status: 403 })

test('every service can check the layout', async () => {
  for (const user of ['gateway', 'worker', 'projector', 'webhooks', 'scheduler'] as const)
    await as(user).check(testPartitions)
})

test('the gateway publishes commands, keeps its buckets and streams events', async () => {
  const gateway = as('gateway')
  await gateway.publish(command, bytes('1'), { msgId: 'cmd_1' })
  await gateway.provisionConsumers([workerConsumer('d_acme_0')])
  const sessions = await gateway.kv('sessions')
  const revision = await sessions.create('t.s.config', bytes('1'))
  await sessions.update('t.s.config', bytes('2'), revision)
  const own = ['sessions', 'api_keys', 'tenants', 'members', 'support_accesses', 'signing_keys', 'message_counts']
  for (const bucket of [...own, 'workers', 'worker_orders', 'failovers', 'pools']) {
    const kv = await gateway.kv(bucket)
    const watch = await kv.watch({ onEntry: () => {} })
    await watch.ready
    await watch.stop()
    expect(await kv.get('missing')).toBeUndefined()
    await Array.fromAsync(kv.keys())
  }
  await (await gateway.kv('api_keys')).put('key_1', bytes('x'))
  await (await gateway.kv('tenants')).put('t', bytes('x'))
  await (await gateway.kv('message_counts')).put('2026-11.3', bytes('x'))
  await (await gateway.kv('members')).put('t.p', bytes('x'))
  await (await gateway.kv('support_accesses')).put('t.a', bytes('x'))
  await (await gateway.kv('idempotency')).create('t.0123456789ABCDEF', bytes('x'))
  await expect((await gateway.kv('idempotency')).create('t.0123456789ABCDEF', bytes('x'))).rejects.toThrow('exists')
  expect(await (await gateway.kv('pairing')).get('t.s')).toBeUndefined()

  await as('worker').publish(event, bytes('streamed'))
  const ending = new AbortController()
  for await (const message of gateway.tail('EVENTS', 'evt.*.t.>', { fromSeq: 1, signal: ending.signal })) {
    expect(text(message.data)).toBe('streamed')
    ending.abort()
  }
})

test('the worker takes commands, keeps logs, publishes events and owns leases and states', async () => {
  const worker = as('worker')
  const handled = Promise.withResolvers<string>()
  const consumption = await worker.consume({
    stream: 'COMMANDS',
    consumer: 'worker-s2',
    maxInFlight: 10,
    handle: async (message) => {
      handled.resolve(text(message.data))
      return { kind: 'reject', reason: 'to see that it may' }
    },
  })
  await as('gateway').publish('cmd.s2.t.s.message.send', bytes('take me'))
  expect(await handled.promise).toBe('take me')
  await consumption.close()
  await waitFor(async () => (await worker.lastMessage('COMMANDS', 'cmd.s2.>')) === undefined)
  await worker.publish('cmd.s3.t.s.message.send', bytes('its session moved'), { msgId: 'cmd_2:1' })

  const first = await worker.publish(log, bytes('1'), { expectedLastSubjectSequence: 0 })
  const second = await worker.publish(log, bytes('2'), { expectedLastSubjectSequence: first.seq })
  expect(await Array.fromAsync(worker.readSubject('SESSION_LOG', log))).toHaveLength(2)
  expect(await worker.purgeSubject('SESSION_LOG', log, { beforeSeq: second.seq })).toBe(1)

  for (const [bucket, key] of [
    ['sessions', 't.s2.state'],
    ['session_keys', 't.s2'],
    ['pairing', 't.s2'],
    ['workers', 'wrk_1'],
    ['handovers', 's1'],
  ] as const) {
    const kv = await worker.kv(bucket)
    const revision = await kv.create(key, bytes('x'))
    expect(await kv.get(key)).toMatchObject({ revision })
    await kv.delete(key, revision)
  }
  for (const bucket of ['sessions', 'workers', 'leases', 'handovers', 'worker_orders', 'pools']) {
    const watch = await (await worker.kv(bucket)).watch({ onEntry: () => {} })
    await watch.ready
    await watch.stop()
  }
  await (await worker.kv('failovers')).put('fov_1', bytes('x'))
  const leases = await worker.kv('leases')
  const deps = { kv: leases, owner: 'w', host: 'h', now: () => new Date(), monotonicMs: () => performance.now() }
  const lease = await claimLease(deps, 'partition.s1')
  if (!lease) throw new Error('not claimed')
  const renewed = await renewLease(deps, lease)
  if (renewed) await releaseLease(deps, renewed)
  await (await worker.kv('sessions')).delete('t.s.config')
})

test.each(['projector', 'webhooks'] as const)(
  '%s reads each of its shards, sets poison aside and holds its leases',
  async (user) => {
    const broker = as(user)
    for (let shard = 0; shard < shardCount; shard++) {
      const handled = Promise.withResolvers<void>()
      const consumption = await broker.consumeBatches({
        stream: 'EVENTS',
        consumer: `${user}-${shard}`,
        maxMessages: 10,
        maxWaitMs: 1,
        async handle(batch, { deadLetter }) {
          for (const message of batch) await deadLetter(message, 'to see that it may')
          handled.resolve()
        },
      })
      await as('worker').publish(`evt.${shard}.t.s.message.sent`, bytes('x'))
      await handled.promise
      await consumption.close()
      expect(await as('provisioner').lastMessage('DEAD_LETTERS', `dlq.EVENTS.${user}-${shard}`)).toBeDefined()
    }
    const kv = await broker.kv('leases')
    const deps = { kv, owner: 'p', host: 'h', now: () => new Date(), monotonicMs: () => performance.now() }
    const lease = await claimLease(deps, `consumer.${user}-3`)
    if (!lease) throw new Error('not claimed')
    const renewed = await renewLease(deps, lease)
    expect(renewed).toBeDefined()
    if (renewed) await releaseLease(deps, renewed)
  },
)

test('the gateway asks and the worker answers; without a worker there is no answer, and others do neither', async () => {
  const question = 'ask.s1.t.s'
  const asked = (user: NatsUser) => as(user).ask(question, bytes('how many?'), { timeoutMs: 2_000 })
  const answered = () => asked('gateway').then(text, (error) => `${error instanceof BrokerUnavailable && error.reason}`)
  expect(await answered()).toBe('no-responders')
  const answering = as('worker').answer('ask.s1.*.*', ({ subject, data }) => bytes(`${subject} ${text(data)}`))
  await waitFor(async () => (await answered()) === `${question} how many?`)
  for (const user of ['worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const) await forbidden(asked(user))
  answering.close()
  const eavesdropping = as('projector').answer('ask.>', () => bytes('I am the worker'))
  await waitFor(async () => (await answered()) === 'no-responders')
  eavesdropping.close()
})

test('gateways hear what gateways tell; others neither hear it nor are heard', async () => {
  const heard: string[] = []
  const listening = as('gateway').listen('told.quota', (data) => void heard.push(text(data)))
  const eavesdropped: string[] = []
  const eavesdropping = as('projector').listen('told.quota', (data) => void eavesdropped.push(text(data)))
  for (const user of ['worker', 'projector', 'webhooks', 'monitor'] as const) as(user).tell('told.quota', bytes(user))
  await waitFor(() => {
    as('gateway').tell('told.quota', bytes('gateway'))
    return heard.length > 0
  })
  expect([...new Set(heard)]).toEqual(['gateway'])
  expect(eavesdropped).toEqual([])
  listening.close()
  eavesdropping.close()
})

test('the gateway puts on record what it cannot read again, and the projector reads what it cannot write', async () => {
  const [gateway, projector] = [as('gateway'), as('projector')]
  const { subject, stream, name: consumer } = { subject: auditSubject('ten_a'), ...auditConsumer }
  await gateway.publish(subject, bytes('an entry'), { msgId: 'aud_1' })
  await forbidden(gateway.lastMessage(stream, subject))
  const handled = Promise.withResolvers<void>()
  const consumption = await projector.consumeBatches({
    ...{ stream, consumer, maxMessages: 10, maxWaitMs: 1 },
    async handle(batch, { deadLetter }) {
      for (const message of batch) await deadLetter(message, 'to see that it may')
      handled.resolve()
    },
  })
  await handled.promise
  await consumption.close()
  expect(await Array.fromAsync(projector.readSubject(stream, auditSubjects))).toHaveLength(1)
  await forbidden(projector.purgeSubject(stream, auditSubjects, { beforeSeq: 2 }))
  for (const user of ['worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const)
    await forbidden(as(user).publish(subject, bytes('forged')))
})

const allButTheWorker = ['gateway', 'projector', 'webhooks', 'scheduler', 'monitor'] as const

test.each(allButTheWorker)('%s writes no log and no event, and reads no log and no session key', async (user) => {
  const broker = as(user)
  await forbidden(broker.publish(log, bytes('x')))
  await forbidden(broker.publish(event, bytes('x')))
  await forbidden(broker.lastMessage('SESSION_LOG', log))
  await forbidden((await broker.kv('session_keys')).get('t.s'))
  await forbidden((await broker.kv('leases')).create('partition.s1', bytes('x')))
})

test('the scheduler removes what is to be erased, and reads neither logs nor keys of sessions', async () => {
  const scheduler = as('scheduler')
  for (const stream of ['EVENTS', 'COMMANDS', 'SESSION_LOG', 'KV_session_keys', 'KV_pairing'])
    expect(await scheduler.purgeAll(stream, 'nothing.there')).toBe(0)
  for (const stream of ['EVENTS', 'DEAD_LETTERS']) expect(await scheduler.deleteMessage(stream, 1_000_000)).toBe(false)
  await forbidden(scheduler.deleteMessage('COMMANDS', 1))
  await forbidden(scheduler.purgeAll('DEAD_LETTERS', '>'))
  await forbidden(scheduler.purgeAll('KV_signing_keys', '>'))
  await forbidden((await scheduler.kv('signing_keys')).get('x'))
})

test.each(['worker', 'projector', 'webhooks', 'monitor'] as const)('%s makes no keys', async (user) => {
  const broker = as(user)
  await forbidden((await broker.kv('api_keys')).create('key_2', bytes('x')))
  await forbidden((await broker.kv('tenants')).create('t2', bytes('x')))
})

// A worker sees who is suspended.
test.each(['projector', 'webhooks', 'monitor'] as const)('%s reads no tenants', async (user) => {
  await forbidden((await as(user).kv('tenants')).get('t'))
})

test.each(['projector', 'webhooks', 'scheduler', 'monitor'] as const)('%s publishes no commands', async (user) => {
  await forbidden(as(user).publish(command, bytes('x')))
})

test.each(['projector', 'webhooks'] as const)(
  '%s neither sees QR strings nor takes the batches of the other',
  async (user) => {
    const other = user === 'projector' ? 'webhooks' : 'projector'
    const broker = as(user)
    await forbidden((await broker.kv('pairing')).get('t.s'))
    await forbidden(broker.publish(`dlq.EVENTS.${other}-1`, bytes('x')))
    let taken = 0
    const consumption = await broker.consumeBatches({
      stream: 'EVENTS',
      consumer: `${other}-1`,
      maxMessages: 10,
      maxWaitMs: 1,
      handle: async (batch) => {
        taken += batch.length
      },
    })
    await as('worker').publish(event, bytes('x'))
    await as('projector').check(testPartitions) // a round trip: a delivery would have come
    expect(taken).toBe(0)
    await consumption.close()
  },
)

test('the gateway takes no commands, hides no state and does not touch the consumers of others', async () => {
  const gateway = as('gateway')
  await forbidden(
    gateway.consume({ stream: 'COMMANDS', consumer: 'worker-s1', maxInFlight: 1, handle: async () => done }),
  )
  await forbidden(
    gateway.consumeBatches({
      stream: 'EVENTS',
      consumer: 'projector-1',
      maxMessages: 1,
      maxWaitMs: 1,
      handle: async () => {},
    }),
  )
  const sessions = await gateway.kv('sessions')
  await forbidden(sessions.create('t.s.state', bytes('x')))
  await forbidden((await gateway.kv('pairing')).create('t.s', bytes('x')))
  await forbidden(gateway.publish('dlq.COMMANDS.worker-s1', bytes('x')))
})

test('nobody but the provisioner changes the layout', async () => {
  for (const user of ['gateway', 'worker', 'projector', 'webhooks', 'scheduler', 'monitor'] as const)
    await forbidden(as(user).provision(testPartitions))
})
