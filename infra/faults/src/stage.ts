// The stack that the seeds of a scenario share: everything but workers, which each seed starts as it needs them.
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { parseMasterKey } from '@wagate/runtime/seal.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { type LogBook, openLogBook } from './log-book.ts'
import type { Leg, Scenario } from './scenario.ts'

export type Stage = { leg: Leg; stack: TestStack; broker: Broker; book: LogBook } & AsyncDisposable

export async function openStage(scenario: Pick<Scenario, 'environment'>, leg: Leg): Promise<Stage> {
  const stack = await startStack({
    brokers: leg.servers,
    only: ['gateway', 'projector', 'webhooks', 'sandbox', 's3'],
    passedOn: {
      LEASE_TTL_MS: String(leg.leaseTtlMs),
      // One customer with the load of many.
      RATE_LIMIT_PER_SECOND: '100000',
      RATE_LIMIT_BURST: '100000',
      ...scenario.environment,
    },
  })
  try {
    const { nats, masterKey, masterKeyId } = stack.wiring.secrets
    const broker = await connectBroker({
      servers: (stack.cluster?.url ?? stack.url('nats')).split(','),
      user: 'provisioner',
      password: nats.provisioner,
      name: 'faults',
      logger: silentLogger(),
    })
    const book = await openLogBook(broker, parseMasterKey(masterKey, masterKeyId))
    return {
      leg,
      stack,
      broker,
      book,
      async [Symbol.asyncDispose]() {
        await book[Symbol.asyncDispose]()
        await broker.drain()
        await stack[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await stack[Symbol.asyncDispose]()
    throw error
  }
}
