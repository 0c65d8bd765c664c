import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buckets, consumers, streams } from '@wagate/messages/streams.ts'
import { startNats, testPasswords } from '@wagate/testing/nats.ts'
import { startNatsCluster } from '@wagate/testing/nats-cluster.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { connectBroker } from './broker.ts'
import { NotProvisioned } from './errors.ts'
import { silentLogger } from './logger.ts'
import { callApi } from './nats-api.ts'
import { NatsLink } from './nats-link.ts'
import { bytes, testPartitions } from './testing/broker.ts'

const config = (nats: { url: string }) => ({ servers: [nats.url], name: 'test', logger: silentLogger() })

test('an empty broker is refused with what is missing and what to run', async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  const checking = broker.check(testPartitions)
  await expect(checking).rejects.toThrow(NotProvisioned)
  await expect(checking).rejects.toThrow(/^missing at the broker: COMMANDS, EVENTS, .*run: make streams$/)
  await broker.drain()
})

test('provisioning makes the whole layout, and again changes nothing and loses nothing', async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  await broker.provision(testPartitions)
  await broker.check(testPartitions)
  const before = await layout(nats)
  expect(before.streams.toSorted()).toEqual(
    [...streams.map(({ name }) => name), ...buckets.map(({ name }) => `KV_${name}`)].toSorted(),
  )
  const { seq } = await broker.publish('cmd.s1.t.s.message.send', bytes('kept'))
  await broker.provision(testPartitions)
  await broker.check(testPartitions)
  expect(await layout(nats)).toEqual(before)
  expect((await broker.lastMessage('COMMANDS', 'cmd.>'))?.seq).toBe(seq)
  await broker.drain()
})

test('another number of partitions is refused by both, with the number that it was made for', async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  await broker.provision(testPartitions)
  await expect(broker.provision(testPartitions + 1)).rejects.toThrow(/made for 4 partitions, not 5/)
  await expect(broker.check(testPartitions + 1)).rejects.toThrow(/made for 4 partitions and PARTITIONS is 5/)
  await broker.drain()
})

test('a consumer that is missing is named', async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  await broker.provision(testPartitions)
  const link = await NatsLink.connect(config(nats))
  await callApi(link, 'CONSUMER.DELETE.EVENTS.webhooks-7', undefined, z.unknown())
  await expect(broker.check(testPartitions)).rejects.toThrow(
    'missing at the broker: EVENTS/webhooks-7; run: make streams',
  )
  await Promise.all([link.drain(), broker.drain()])
})

test('the layout at the server is the declared one', async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  await broker.provision(testPartitions)
  const link = await NatsLink.connect(config(nats))
  const { config: commands } = await callApi(link, 'STREAM.INFO.COMMANDS', undefined, info)
  expect(commands).toMatchObject({
    retention: 'workqueue',
    duplicate_window: 600e9,
    storage: 'file',
    num_replicas: 1,
    metadata: { wagate_partitions: '4' },
  })
  const { config: leases } = await callApi(link, 'STREAM.INFO.KV_leases', undefined, info)
  expect(leases).toMatchObject({ max_age: 20e9, max_msgs_per_subject: 1, discard: 'new', deny_delete: true })
  for (const spec of consumers(testPartitions)) {
    const { config: made } = await callApi(link, `CONSUMER.INFO.${spec.stream}.${spec.name}`, undefined, info)
    expect(made).toMatchObject({ filter_subject: spec.filter, ack_policy: spec.ack, max_deliver: -1 })
  }
  await Promise.all([link.drain(), broker.drain()])
})

const info = z.object({ config: z.looseObject({}) })
const streamList = z.object({ streams: z.array(z.object({ config: z.looseObject({ name: z.string() }) })) })
const consumerList = z.object({ consumers: z.array(z.object({ name: z.string(), config: z.unknown() })) })

async function layout(nats: { url: string }) {
  const link = await NatsLink.connect(config(nats))
  const made = await callApi(link, 'STREAM.LIST', undefined, streamList)
  const names = made.streams.map((stream) => stream.config.name)
  const configs = new Map(made.streams.map((stream) => [stream.config.name, stream.config]))
  const withConsumers = await Promise.all(
    ['COMMANDS', 'EVENTS'].map(
      async (name) => (await callApi(link, `CONSUMER.LIST.${name}`, undefined, consumerList)).consumers,
    ),
  )
  const byName = withConsumers.flat().toSorted((a, b) => a.name.localeCompare(b.name))
  await link.drain()
  return { streams: names, configs, consumers: byName }
}

test("a lease that would outlive the broker's idea of it is refused at the start", async () => {
  await using nats = await startNats()
  const broker = await connectBroker(config(nats))
  await broker.provision(testPartitions, { leaseTtlMs: 4_000 })
  await broker.check(testPartitions, { leaseTtlMs: 4_000 })
  await expect(broker.check(testPartitions)).rejects.toThrow(/made for 4000 ms and LEASE_TTL_MS is 20000/)
  await broker.provision(testPartitions)
  await broker.check(testPartitions)
  await broker.drain()
})

test('a run that does not say how many replicas keeps three, and makes what is new with as many', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-cluster-'))
  {
    await using cluster = await startNatsCluster({
      dir: join(dir, 'cluster'),
      logs: join(dir, 'logs'),
      passwords: testPasswords,
    })
    const user = { user: 'provisioner', password: testPasswords.provisioner }
    const atCluster = { ...config(cluster), servers: cluster.url.split(','), ...user }
    const broker = await connectBroker(atCluster)
    await broker.provision(1, { replicas: 3 })
    const link = await NatsLink.connect(atCluster)
    await callApi(link, 'STREAM.DELETE.KV_pairing', undefined, z.unknown())
    await broker.provision(1)
    for (const name of ['EVENTS', 'KV_pairing']) {
      const { config: made } = await callApi(link, `STREAM.INFO.${name}`, undefined, info)
      expect(made).toMatchObject({ num_replicas: 3 })
    }
    await Promise.all([link.drain(), broker.drain()])
  }
  await rm(dir, { recursive: true })
})
