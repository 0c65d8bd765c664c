// The verbs of the operator's command line: words → one management function → what to print.
import { operatorScope, tenantScope } from '@wagate/messages/control.ts'
import { z } from 'zod'
import { type Control, defaultLimits } from './manage.ts'

export const usage = `usage:
  admin.ts tenant create --name <name> [--mode test|live] [--live-sessions n] [--sandbox-sessions n] [--sandbox-phones n]
  admin.ts tenant suspend|activate --tenant <tenant id>
  admin.ts key create --tenant <tenant id> --mode test|live [--scopes a,b] [--name <name>] [--expires-at <time>]
  admin.ts key revoke <key id>
  admin.ts operator create --name <name>`

const limit = (fallback: number) => z.coerce.number().int().min(0).default(fallback)
const keyMode = z.enum(['test', 'live'], '--mode must be test or live')
const scopeList = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(tenantScope))
const newTenant = z.object({
  name: z.string('--name is missing').trim().min(1).max(100),
  'live-sessions': limit(defaultLimits.liveSessions),
  'sandbox-sessions': limit(defaultLimits.sandboxSessions),
  'sandbox-phones': limit(defaultLimits.sandboxPhones),
  /** Of a first key, made with the tenant. */
  mode: keyMode.optional(),
  scopes: scopeList,
})
const newOperator = z.object({ name: z.string('--name is missing').trim().min(1).max(90) })
const existingTenant = z.object({ tenant: z.string('--tenant is missing') })
const newKey = existingTenant.extend({
  mode: keyMode,
  scopes: scopeList,
  name: z.string().max(100).optional(),
  'expires-at': z.coerce.date('--expires-at must be a time, like 2027-01-31T00:00:00Z').optional(),
})

/** What to print as JSON. Throws an error whose message is for the operator. */
export async function runAdmin(control: Control, words: string[], options: Record<string, unknown>): Promise<unknown> {
  const [entity, verb, target] = words
  switch (`${entity} ${verb}`) {
    case 'tenant create': {
      const asked = parse(newTenant, options)
      const limits = {
        liveSessions: asked['live-sessions'],
        sandboxSessions: asked['sandbox-sessions'],
        sandboxPhones: asked['sandbox-phones'],
      }
      const { tenantId } = await control.createTenant(asked.name, limits)
      const { mode, scopes } = asked
      const tenant = { tenant_id: tenantId, name: asked.name }
      if (mode === undefined) return tenant
      const made = await control.keys.create({ tenantId, mode, scopes })
      return { ...tenant, key_id: made.row.keyId, mode, scopes, api_key: made.text }
    }
    case 'tenant suspend':
    case 'tenant activate': {
      const { tenant } = parse(existingTenant, options)
      const status = verb === 'suspend' ? 'suspended' : 'active'
      await control.setTenantStatus(tenant, status)
      return { tenant_id: tenant, status }
    }
    case 'operator create': {
      const { name } = parse(newOperator, options)
      // Of an account of its own that can have nothing: an operator's key is nobody's customer key.
      const limits = { liveSessions: 0, sandboxSessions: 0, sandboxPhones: 0 }
      const { tenantId } = await control.createTenant(`operator ${name}`, limits)
      const scopes = [operatorScope] as const
      const made = await control.keys.create({ tenantId, mode: 'live', scopes, name })
      return { tenant_id: tenantId, key_id: made.row.keyId, scopes, api_key: made.text }
    }
    case 'key create': {
      const { tenant: tenantId, mode, scopes, name, 'expires-at': expiresAt } = parse(newKey, options)
      const key = { tenantId, mode, scopes, ...(name !== undefined && { name }), ...(expiresAt && { expiresAt }) }
      const made = await control.keys.create(key)
      return { tenant_id: tenantId, key_id: made.row.keyId, mode, scopes, api_key: made.text }
    }
    case 'key revoke': {
      const keyId = z.string('name the key: key revoke <key id>').parse(target)
      await control.keys.revokeById(keyId)
      return { key_id: keyId, revoked: true }
    }
    default:
      throw new Error('unknown command')
  }
}

function parse<Value>(schema: z.ZodType<Value>, options: Record<string, unknown>): Value {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
