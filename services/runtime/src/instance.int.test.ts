import { instanceRecord } from '@wagate/messages/instance.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { announceInstance } from './instance.ts'
import { silentLogger } from './logger.ts'
import { testBroker } from './testing/broker.ts'

test('a process is seen while it starts, works, waits and drains, and is gone when it has stopped', async () => {
  await using nats = await startNats()
  await using broker = await testBroker(nats)
  const bucket = await broker.kv('instances')
  const stopping = new AbortController()
  let ready = false
  const instance = announceInstance({
    ...{ broker, logger: silentLogger(), service: 'projector', instanceId: 'projector_1', impatientMs: 20 },
    stopping: stopping.signal,
  })
  const seen = async () => {
    const entry = await bucket.get('projector_1')
    return entry && instanceRecord.parse(JSON.parse(Buffer.from(entry.value).toString()))
  }
  const isIn = (state: string) => waitFor(async () => (await seen())?.state === state)
  await isIn('starting')
  instance.watch(() => ({ ready, waitingFor: ready ? [] : ['postgres'] }))
  ready = true
  await isIn('ready')
  expect(await seen()).toMatchObject({ service: 'projector', waitingFor: [], version: expect.any(String) })
  stopping.abort()
  await isIn('draining')
  await instance.stop()
  expect(await seen()).toBeUndefined()
})

test('a broker that is away, or was not provisioned for it, holds nothing up', async () => {
  const instance = announceInstance({
    broker: { kv: () => Promise.reject(new Error('away')) },
    ...{ logger: silentLogger(), service: 'webhooks', stopping: new AbortController().signal },
  })
  await instance.stop()
})
