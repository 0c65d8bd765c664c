import { type Client, createClient } from '@wagate/api/client.ts'
import { admin } from '@wagate/dev/demo/admin.ts'
import type { TestStack } from './stack.ts'

export type TestTenant = { tenantId: string; apiKey: string; client: Client }

export type TenantOptions = { mode?: 'test' | 'live'; scopes?: readonly string[] }

/** A new tenant with a key of its own, made as an operator makes them: by the gateway's command line. */
export async function createTenant(stack: TestStack, options: TenantOptions = {}): Promise<TestTenant> {
  const made = await run(stack, ['tenant', 'create', '--name', 'test'])
  return { tenantId: made.tenant_id, ...(await createKey(stack, made.tenant_id, options)) }
}

/** One more key of a tenant, and a client that uses it. */
export async function createKey(
  stack: TestStack,
  tenantId: string,
  { mode = 'test', scopes }: TenantOptions = {},
): Promise<{ apiKey: string; client: Client }> {
  const wanted = scopes ? ['--scopes', scopes.join(',')] : []
  const made = await run(stack, ['key', 'create', '--tenant', tenantId, '--mode', mode, ...wanted])
  return { apiKey: made.api_key, client: createClient({ baseUrl: stack.url('gateway'), apiKey: made.api_key }) }
}

type Made = { tenant_id: string; api_key: string }

async function run(stack: TestStack, args: string[]): Promise<Made> {
  return (await admin(stack.wiring, args, AbortSignal.timeout(60_000))) as Made
}
