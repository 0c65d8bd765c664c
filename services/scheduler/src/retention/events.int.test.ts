import { eventsOfTenant } from '@wagate/messages/subjects.ts'
import { testBroker } from '@wagate/runtime/testing/broker.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { expect, test } from 'vitest'
import { removeEvents } from './events.ts'

const signal = new AbortController().signal
const later = () => new Date(Date.now() + 60_000)

test('old events of the tenant go once their consumers have settled them; those of others stay', async () => {
  await using nats = await startNats({ users: true })
  await using provisioner = await testBroker(nats, nats.login('provisioner'))
  await using broker = await testBroker(nats, { ...nats.login('scheduler'), provision: false })
  const publish = (tenantId: string, n: number) =>
    provisioner.publish(`evt.3.${tenantId}.ses_1.message.sent`, Buffer.from(String(n)))
  for (let n = 0; n < 5; n++) {
    await publish('ten_ours', n)
    await publish('ten_theirs', n)
  }
  const left = async (tenantId: string) =>
    (await Array.fromAsync(provisioner.readSubject('EVENTS', eventsOfTenant(tenantId)))).length

  expect(await removeEvents({ broker }, 'ten_ours', later(), signal)).toBe(0)
  expect(await left('ten_ours')).toBe(5)
  for (const service of ['projector', 'webhooks']) {
    const seen = Promise.withResolvers<void>()
    const consumption = await provisioner.consumeBatches({
      stream: 'EVENTS',
      consumer: `${service}-3`,
      maxMessages: 100,
      maxWaitMs: 10,
      handle: async (batch) => {
        if (batch.at(-1)?.seq === 10) seen.resolve()
      },
    })
    await seen.promise
    await consumption.close()
  }
  expect(await removeEvents({ broker }, 'ten_ours', new Date(0), signal)).toBe(0)
  expect(await removeEvents({ broker }, 'ten_ours', later(), signal)).toBe(5)
  expect([await left('ten_ours'), await left('ten_theirs')]).toEqual([0, 5])
})
