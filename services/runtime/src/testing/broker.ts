// For integration tests of any service: a connected broker with the whole layout in place, closed at the end of the scope.
import { type Broker, type BrokerConfig, connectBroker } from '../broker.ts'
import { silentLogger } from '../logger.ts'

/** Few, so that a test does not wait for consumers it never uses. */
export const testPartitions = 4

export type TestBroker = Broker & AsyncDisposable

/** Connects to a server of the test; `provision: false` for the second connection. */
export async function testBroker(
  nats: { url: string },
  options: Partial<BrokerConfig> & { provision?: boolean } = {},
): Promise<TestBroker> {
  const { provision = true, ...config } = options
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger(), ...config })
  if (provision) await broker.provision(testPartitions)
  return { ...broker, [Symbol.asyncDispose]: () => broker.drain() }
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (data: Uint8Array): string => new TextDecoder().decode(data)
