import type { ApiKey } from '@wagate/api/api-key.ts'
import type { KeyRow } from '../control/keys.ts'

const timeOf = (at: Date | null): string | null => at?.toISOString() ?? null

export const presentKey = (row: KeyRow): ApiKey => ({
  id: row.keyId,
  mode: row.mode,
  name: row.name,
  scopes: row.scopes,
  session_ids: row.sessionIds,
  requests_per_second: row.requestsPerSecond,
  created_at: row.createdAt.toISOString(),
  last_used_at: timeOf(row.lastUsedAt),
  expires_at: timeOf(row.expiresAt),
  revoked_at: timeOf(row.revokedAt),
})
