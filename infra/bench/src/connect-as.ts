// The stack's broker with the rights of a service.
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { createLogger } from '@wagate/runtime/logger.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

export async function connectAs(stack: TestStack, user: 'gateway' | 'worker'): Promise<Broker> {
  const password = stack.wiring.secrets.nats[user]
  const logger = createLogger({ service: 'bench', level: 'error' })
  const servers = (stack.cluster?.url ?? stack.url('nats')).split(',')
  return connectBroker({ servers, user, password, name: `bench-${user}`, logger })
}
