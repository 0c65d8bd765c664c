// The sandbox's own control API, for what customers have no route to: its counters, and trouble on request.
import type { Network } from './history/history.ts'
import type { TestStack } from './stack.ts'

/** Counters of one tenant; all of them in services/sandbox/README.md. */
export type SandboxStats = {
  messages_received: number
  duplicates_received: number
  duplicate_ids: string[]
  undecryptable: number
  logins: number
  evictions: number
}

export const readStats = (stack: TestStack, tenantId: string): Promise<SandboxStats> =>
  call(stack, `/control/stats?realm=${encodeURIComponent(tenantId)}`) as Promise<SandboxStats>

/** Why a phone could not read what. */
export type Unread = { id: string; from: string; at: string; reason: string; retries: number; recovered: boolean }

export async function readUnread(stack: TestStack, phoneId: string): Promise<Unread[]> {
  const { items } = (await call(stack, `/control/phones/${phoneId}/undecryptable`)) as { items: Unread[] }
  return items
}

export const networkOf = (stats: SandboxStats): Network => ({
  duplicateIds: stats.duplicate_ids,
  undecryptable: stats.undecryptable,
})

/** What happens to the linked clients of a tenant from now on; `false`, 0 and null end it. */
export type Fault = {
  disconnect?: boolean
  hold_acks?: boolean
  delay_ms?: number
  fail?: number
  refuse_logins?: number | null
  /** The next `count` frames of that kind arrive twice. */
  repeat?: { direction: 'from_client' | 'to_client'; tag: string; count: number }
  /** So many next messages to the tenant's clients cannot be decrypted. */
  garble?: number
}

export async function injectFault(stack: TestStack, tenantId: string, fault: Fault): Promise<void> {
  await call(stack, '/control/faults', { realm: tenantId, ...fault })
}

export type NotedFrame = { from: string; id: string; atMs: number; loggedInAtMs: number }

/** From now on the network notes a tenant's sockets, and which message frame comes from which. */
export const recordJournal = (stack: TestStack, tenantId: string) =>
  call(stack, '/control/journal', { realm: tenantId, record: true })

export type NotedSocket = { from: string; loggedInAtMs: number; closedAtMs?: number }

export async function readJournal(stack: TestStack, tenantId: string) {
  const path = `/control/journal?realm=${encodeURIComponent(tenantId)}`
  return (await call(stack, path)) as { frames: NotedFrame[]; sockets: NotedSocket[] }
}

async function call(stack: TestStack, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${stack.url('sandbox')}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${stack.wiring.secrets.sandboxControlToken}`,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${await answer.text()}`)
  return answer.status === 204 ? undefined : answer.json()
}
