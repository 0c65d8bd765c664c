import { type Client, createClient } from '@wagate/api/client.ts'
import { admin } from '@wagate/dev/stack/admin.ts'
import type { TestStack } from './stack.ts'

export type TestTenant = { tenantId: string; apiKey: string; client: Client }

export type TenantOptions = {
  mode?: 'test' | 'live'
  scopes?: readonly string[]
  /** How many sandbox sessions and phones the tenant may have; the product's defaults unless set. */
  sessions?: number
  phones?: number
  plan?: string
  /** In a minute, of sandbox sessions; as many as a test may want to send unless set. */
  testMessages?: number
}

/** A new tenant with a key of its own, made as an operator makes them: by the gateway's command line. */
export async function createTenant(stack: TestStack, options: TenantOptions = {}): Promise<TestTenant> {
  const { sessions, phones, plan, testMessages = 1_000_000 } = options
  const limits = [
    ...['--test-messages-per-minute', String(testMessages)],
    ...(plan === undefined ? [] : ['--plan', plan]),
    ...(sessions === undefined ? [] : ['--sandbox-sessions', String(sessions)]),
    ...(phones === undefined ? [] : ['--sandbox-phones', String(phones)]),
  ]
  const made = await run(stack, ['tenant', 'create', '--name', 'test', ...limits, ...keyOptions(options)])
  return { tenantId: made.tenant_id, ...withClient(stack, made) }
}

/** As an operator grants a plan. */
export async function setPlan(stack: TestStack, tenantId: string, plan: string): Promise<void> {
  await admin(stack.wiring, ['tenant', 'plan', '--tenant', tenantId, '--plan', plan], AbortSignal.timeout(60_000))
}

/** A client with an operator's key: the fleet, and nothing of any tenant. */
export async function createOperator(stack: TestStack): Promise<Client> {
  return withClient(stack, await run(stack, ['operator', 'create', '--name', 'test'])).client
}

/** One more key of a tenant, and a client that uses it. */
export async function createKey(
  stack: TestStack,
  tenantId: string,
  options: TenantOptions = {},
): Promise<{ apiKey: string; client: Client }> {
  return withClient(stack, await run(stack, ['key', 'create', '--tenant', tenantId, ...keyOptions(options)]))
}

const keyOptions = ({ mode = 'test', scopes }: TenantOptions): string[] => [
  '--mode',
  mode,
  ...(scopes ? ['--scopes', scopes.join(',')] : []),
]

const withClient = (stack: TestStack, { api_key: apiKey }: Made) => ({
  apiKey,
  client: createClient({ baseUrl: stack.url('gateway'), apiKey }),
})

type Made = { tenant_id: string; api_key: string }

async function run(stack: TestStack, args: string[]): Promise<Made> {
  return (await admin(stack.wiring, args, AbortSignal.timeout(60_000))) as Made
}
