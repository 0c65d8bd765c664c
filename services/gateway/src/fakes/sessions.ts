// Sessions as workers and gateways leave them in the buckets.
import {
  type PairingRecord,
  type SessionState,
  sessionConfigKey,
  sessionKey,
  sessionStateKey,
} from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { NewId } from '@wagate/messages/ids.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'

type Deps = { sessions: KvBucket; pairing: KvBucket; now: () => Date; newId: NewId }

export function fakeSessions({ sessions, pairing, now, newId }: Deps) {
  async function setState(tenantId: string, sessionId: string, state: Partial<SessionState>) {
    const since = now().toISOString()
    const account = { phone: '+999100200300', lid: '1@lid' }
    const value = { v: 1, status: 'connected', account, queueFull: false, epoch: 1, since, ...state }
    await sessions.put(sessionStateKey(tenantId, sessionId), Buffer.from(JSON.stringify(value)))
  }

  const addSession = async (tenantId: string, mode: Mode, state: Partial<SessionState> = {}) => {
    const sessionId = newId('session')
    const config = {
      v: 1,
      tenantId,
      sessionId,
      mode,
      partition: 's1',
      desired: 'running',
      createdAt: now().toISOString(),
    }
    await sessions.put(sessionConfigKey(tenantId, sessionId), Buffer.from(JSON.stringify(config)))
    await setState(tenantId, sessionId, state)
    return sessionId
  }

  const showQr = (tenantId: string, sessionId: string, qr: string, expiresAt: Date) =>
    pairing.put(
      sessionKey(tenantId, sessionId),
      Buffer.from(JSON.stringify({ v: 1, qr, expiresAt: expiresAt.toISOString() })),
    )

  const showPairing = (tenantId: string, sessionId: string, record: Omit<PairingRecord, 'v'>) =>
    pairing.put(sessionKey(tenantId, sessionId), Buffer.from(JSON.stringify({ v: 1, ...record })))

  return { setState, addSession, showQr, showPairing }
}
