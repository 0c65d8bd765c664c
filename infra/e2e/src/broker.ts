// The broker as an operator sees it, for what no customer can see: session logs, dead letters, commands that nobody would send.
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

export type OperatorBroker = Broker & AsyncDisposable

export async function connectAsOperator(stack: TestStack): Promise<OperatorBroker> {
  const broker = await connectBroker({
    servers: [stack.url('nats')],
    user: 'provisioner',
    password: stack.wiring.secrets.nats.provisioner,
    name: 'e2e',
    logger: silentLogger(),
  })
  return { ...broker, [Symbol.asyncDispose]: () => broker.drain() }
}
