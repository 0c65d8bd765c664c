// Who belongs to a tenant, and as what.
import { roles } from '@wagate/messages/control.ts'
import { z } from 'zod'
import { byEmail, tenantOfPerson } from './account.ts'
import { timestamp } from './party.ts'
import { text } from './text.ts'

const role = z.enum(roles, { error: `Write one of ${roles.join(', ')}.` }).meta({ example: 'developer' })

export const member = z
  .object({
    id: z.string().meta({ description: 'Of the person.', example: 'per_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    name: z.string(),
    email: z.string(),
    role,
    two_factor: z.boolean(),
    since: timestamp,
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof member>
export const members = z.object({ data: z.array(member) }).meta({ id: 'Members' })

export const updateMember = z.strictObject({ role }).meta({ id: 'UpdateMember', example: { role: 'admin' } })
export type UpdateMember = z.input<typeof updateMember>

export const invitation = z
  .object({
    id: z.string().meta({ example: 'inv_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' }),
    email: z.string(),
    role,
    created_at: timestamp,
    expires_at: timestamp,
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof invitation>
export const invitations = z.object({ data: z.array(invitation) }).meta({ id: 'Invitations' })

export const createInvitation = z
  .strictObject({ email: byEmail.shape.email, role })
  .meta({ id: 'CreateInvitation', example: { email: 'ben@example.com', role: 'agent' } })
export type CreateInvitation = z.input<typeof createInvitation>

export const transferOwnership = z
  .strictObject({ person_id: z.string({ error: 'Write the id as text.' }).max(64) })
  .meta({ id: 'TransferOwnership', example: { person_id: 'per_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' } })
export type TransferOwnership = z.input<typeof transferOwnership>

export const roleTable = z
  .object({ data: z.array(z.object({ role, scopes: z.array(z.string()) })) })
  .meta({ id: 'Roles' })
export type RoleTable = z.infer<typeof roleTable>

export const tenant = tenantOfPerson
  .omit({ role: true, scopes: true })
  .extend({ created_at: timestamp })
  .meta({ id: 'Tenant' })
export type Tenant = z.infer<typeof tenant>

export const updateTenant = z
  .strictObject({ name: text({ min: 1, max: 100, sentence: 'Write the name as text.' }) })
  .meta({ id: 'UpdateTenant', example: { name: 'Trattoria Ada' } })
export type UpdateTenant = z.input<typeof updateTenant>
