// The broker as an operator sees it, for what no customer can see: session logs, dead letters, commands that nobody would send.
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

export type OperatorBroker = Broker & AsyncDisposable

export const connectAsOperator = (stack: TestStack): Promise<OperatorBroker> => connectAs(stack, 'provisioner')

/** With the rights of a service, for what only somebody who had stolen its credentials would do. */
export async function connectAs(stack: TestStack, user: 'provisioner' | 'gateway' | 'worker'): Promise<OperatorBroker> {
  const broker = await connectBroker({
    servers: [stack.url('nats')],
    user,
    password: stack.wiring.secrets.nats[user],
    name: `e2e-${user}`,
    logger: silentLogger(),
  })
  return { ...broker, [Symbol.asyncDispose]: () => broker.drain() }
}
