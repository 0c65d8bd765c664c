// The broker as an operator sees it, for what no customer can see: session logs, dead letters, commands that nobody would send.
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import type { TestStack } from '@wagate/testing/stack.ts'

export type OperatorBroker = Broker & AsyncDisposable

export const connectAsOperator = (stack: TestStack): Promise<OperatorBroker> => connectAs(stack, 'provisioner')

/** The shard of a session's events. Throws when it has none yet. */
export async function shardOfSession(
  broker: Broker,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
): Promise<string> {
  const any = await broker.lastMessage('EVENTS', `evt.*.${tenantId}.${sessionId}.>`)
  const shard = any?.subject.split('.')[1]
  if (shard === undefined) throw new Error(`no event of ${sessionId}`)
  return shard
}

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
