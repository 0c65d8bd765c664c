import type { AdminTenant } from '@wagate/api/admin-tenant.ts'
import type { Tone } from '#lib/tone.ts'

export type AccountState = 'active' | 'suspended' | 'deleting'

export const stateOf = ({ status, deletes_at }: Pick<AdminTenant, 'status' | 'deletes_at'>): AccountState =>
  deletes_at === null ? status : 'deleting'

export const stateTone: Record<AccountState, Tone> = { active: 'good', suspended: 'bad', deleting: 'warn' }
