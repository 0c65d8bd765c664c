import type { Device as ApiDevice, ApiPerson, Me, NewTenant, TenantOfPerson } from '@wagate/api/account.ts'
import { scopesOfRole } from '@wagate/messages/roles.ts'
import type { Membership } from '../control/members.ts'
import type { OpenInvitation } from '../member/invitations.ts'
import type { Device, Person } from './accounts.ts'
import type { Welcome } from './welcome.ts'

export const presentPerson = ({ id, email, name, twoFactor, createdAt }: Person): ApiPerson => ({
  ...{ id, email, name, two_factor: twoFactor, created_at: createdAt.toISOString() },
})

export const presentMembership = ({ tenantId, name, status, operators, role, ...one }: Membership): TenantOfPerson => ({
  ...{ id: tenantId, name, status, operators, role },
  suspended: one.suspendedAt && { since: one.suspendedAt.toISOString(), reason: one.suspendedReason },
  scopes: [...scopesOfRole({ operators }, role)],
})

export const presentWelcome = ({ tenant, apiKey, phone }: Welcome): NewTenant => ({
  tenant: presentMembership(tenant),
  api_key: apiKey,
  phone,
})

export const presentOwnInvitation = (row: OpenInvitation): Me['invitations'][number] => ({
  id: row.invitationId,
  tenant_name: row.tenantName,
  role: row.role,
  expires_at: row.expiresAt.toISOString(),
})

export const presentDevice = (device: Device): ApiDevice => ({
  ...{ id: device.id, current: device.current, address: device.address, user_agent: device.userAgent },
  ...{ created_at: device.createdAt.toISOString(), used_at: device.usedAt.toISOString() },
})
