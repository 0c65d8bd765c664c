// Creates sessions through the API and links each with a phone of its own, as a customer's program would.
import { ApiError } from '@wagate/api/call.ts'
import type { Client } from '@wagate/api/client.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { createPhones, type Phone, type Sandbox } from '../sandbox/control.ts'
import type { HostedSession, Tenant } from './world.ts'

const atOnce = 4
const linkWithinMs = 60_000

export type Linking = { api: Client; sandbox: Sandbox; tenant: Tenant }

export async function linkSessions({ api, sandbox, tenant }: Linking, count: number): Promise<HostedSession[]> {
  const waiting = await createPhones(sandbox, tenant.id, count)
  const linked: HostedSession[] = []
  const linkSome = async (): Promise<void> => {
    for (let phone = waiting.shift(); phone; phone = waiting.shift()) linked.push(await link(api, sandbox, phone))
  }
  await Promise.all(Array.from({ length: atOnce }, linkSome))
  return linked
}

async function link(api: Client, sandbox: Sandbox, phone: Phone): Promise<HostedSession> {
  const { id } = await api.createSession()
  const { qr } = await waitFor(() => api.getQr(id).catch(unlessNotReady), {
    deadlineMs: linkWithinMs,
    what: 'a QR string',
  })
  await sandbox.scan(phone.id, qr)
  const isConnected = async () => (await api.getSession(id)).status === 'connected'
  await waitFor(isConnected, { deadlineMs: linkWithinMs, what: 'the session to be connected' })
  return { id, phone }
}

function unlessNotReady(error: unknown): undefined {
  if (error instanceof ApiError && error.problem.status === 409) return undefined
  throw error
}
