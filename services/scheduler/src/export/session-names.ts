// What people call their sessions now. It is in the sessions' records, which gateways change; the view has the name of the beginning.
import { sessionConfig } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { Broker } from '@wagate/runtime/broker.ts'

/** By session id; null for one without a name. Sessions that are gone are not in it. */
export type SessionNames = ReadonlyMap<string, string | null>

export async function readSessionNames(broker: Pick<Broker, 'kv'>, tenantId: string): Promise<SessionNames> {
  const sessions = await broker.kv('sessions')
  const names = new Map<string, string | null>()
  for await (const key of sessions.keys(`${tenantId}.*.config`)) {
    const stored = await sessions.get(key)
    const parsed = stored && parseJson(stored.value, sessionConfig, (config) => ({ ok: true as const, config }))
    if (parsed?.ok && parsed.config.tenantId === tenantId)
      names.set(parsed.config.sessionId, parsed.config.name ?? null)
  }
  return names
}

/** A row of `session_view` as a line of JSON, with that name. */
export function renamed(line: string, names: SessionNames): string {
  const row = JSON.parse(line) as { session_id: string }
  const name = names.get(row.session_id)
  return name === undefined ? line : JSON.stringify({ ...row, name })
}
