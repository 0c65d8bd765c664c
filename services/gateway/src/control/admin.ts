// The verbs of the operator's command line: words → one management function → what to print.
import { operatorScope, role, tenantScope } from '@wagate/messages/control.ts'
import { type LimitOverrides, limitNames, limitsWith, planNames } from '@wagate/messages/plans.ts'
import { z } from 'zod'
import type { InviteOperator } from './invite-operator.ts'
import type { Control } from './manage.ts'
import { priceOf } from './plans.ts'

/** `liveSessions` → `live-sessions`. */
const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const limitFlags = limitNames.map((name) => ({ name, flag: flagOf(name) }))

const plainFlags = [
  ...['name', 'tenant', 'mode', 'scopes', 'expires-at', 'plan', 'grace-days'],
  ...['reason', 'monthly-price-cents', 'email', 'role', 'person'],
]

/** Every option of the command line, for `parseArgs`. */
export const adminOptions = Object.fromEntries(
  [...plainFlags, ...limitFlags.map(({ flag }) => flag)].map((flag) => [flag, { type: 'string' as const }]),
)

export const usage = `usage:
  admin.ts tenant create --name <name> [--mode test|live] [--plan ${planNames.join('|')}] [<agreed terms>]
  admin.ts tenant suspend --tenant <tenant id> [--reason <what its people are told>]
  admin.ts tenant activate --tenant <tenant id>
  admin.ts tenant show --tenant <tenant id>
  admin.ts tenant delete --tenant <tenant id> [--grace-days 30]   # can be taken back until then: tenant keep --tenant <tenant id>
  admin.ts tenant erase --tenant <tenant id>   # at once
  admin.ts tenant plan --tenant <tenant id> --plan ${planNames.join('|')} [<agreed terms>]
  admin.ts tenant refuse-plan --tenant <tenant id>
  admin.ts tenant requests
  admin.ts key create --tenant <tenant id> --mode test|live [--scopes a,b] [--name <name>] [--expires-at <time>]
  admin.ts key revoke <key id>
  admin.ts person erase --person <person id>   # at once; accounts may be left without an owner
  admin.ts operator create --name <name>   # a key
  admin.ts operator invite --email <address> [--role owner|admin|viewer]   # a person
  admin.ts operator list
agreed terms, in place of the plan's: --monthly-price-cents n ${limitFlags.map(({ flag }) => `--${flag} n`).join(' ')}`

const keyMode = z.enum(['test', 'live'], '--mode must be test or live')
const scopeList = z
  .string()
  .default(tenantScope.options.join(','))
  .transform((list) => list.split(','))
  .pipe(z.array(tenantScope))
const planOption = z.enum(planNames, `--plan must be one of ${planNames.join(', ')}`)
const agreedLimits = z.object(
  Object.fromEntries(limitFlags.map(({ flag }) => [flag, z.coerce.number().int().min(0).optional()])),
)

const newTenant = z.object({
  name: z.string('--name is missing').trim().min(1).max(100),
  plan: planOption.default('basic'),
  /** Of a first key, made with the tenant. */
  mode: keyMode.optional(),
  scopes: scopeList,
})
const newOperator = z.object({ name: z.string('--name is missing').trim().min(1).max(90) })
const invitedOperator = z.object({
  email: z.string('--email is missing').trim().toLowerCase().max(254).pipe(z.email('--email must be an address')),
  role: role.extract(['owner', 'admin', 'viewer'], '--role must be owner, admin or viewer').optional(),
})
const existingTenant = z.object({ tenant: z.string('--tenant is missing') })
const tenantToDelete = existingTenant.extend({ 'grace-days': z.coerce.number().int().min(0).max(365).default(30) })
const newTerms = existingTenant.extend({ plan: planOption })
const newKey = existingTenant.extend({
  mode: keyMode,
  scopes: scopeList,
  name: z.string().max(100).optional(),
  'expires-at': z.coerce.date('--expires-at must be a time, like 2027-01-31T00:00:00Z').optional(),
})

const agreedPrice = z.object({ 'monthly-price-cents': z.coerce.number().int().min(0).max(100_000_000).optional() })
const suspension = existingTenant.extend({ reason: z.string().trim().min(1).max(500).optional() })

/** What was agreed with one account, as far as it was given. */
const agreedIn = (options: Record<string, unknown>) => ({
  overrides: overridesIn(options),
  monthlyPriceCents: parse(agreedPrice, options)['monthly-price-cents'],
})

function overridesIn(options: Record<string, unknown>): LimitOverrides {
  const given = parse(agreedLimits, options)
  const overrides: LimitOverrides = {}
  for (const { name, flag } of limitFlags) if (given[flag] !== undefined) overrides[name] = given[flag]
  return overrides
}

/** What to print as JSON. Throws an error whose message is for the operator. */
export async function runAdmin(
  control: Control,
  words: string[],
  options: Record<string, unknown>,
  inviteOperator: () => InviteOperator = () => {
    throw new Error('nobody can be invited from here')
  },
): Promise<unknown> {
  const [entity, verb, target] = words
  switch (`${entity} ${verb}`) {
    case 'tenant create': {
      const { mode, scopes, name, plan } = parse(newTenant, options)
      const { tenantId } = await control.createTenant(name, { plan, ...agreedIn(options) })
      const tenant = { tenant_id: tenantId, name, plan }
      if (mode === undefined) return tenant
      const made = await control.keys.create({ tenantId, mode, scopes })
      return { ...tenant, key_id: made.row.keyId, mode, scopes, api_key: made.text }
    }
    case 'tenant suspend': {
      const { tenant, reason } = parse(suspension, options)
      await control.suspendTenant(tenant, reason)
      return { tenant_id: tenant, status: 'suspended' }
    }
    case 'tenant activate': {
      const { tenant } = parse(existingTenant, options)
      await control.activateTenant(tenant)
      return { tenant_id: tenant, status: 'active' }
    }
    case 'tenant delete':
    case 'tenant erase': {
      const { tenant, 'grace-days': days } = parse(tenantToDelete, options)
      const asked = { graceMs: verb === 'erase' ? 0 : days * 86_400_000, requestedBy: 'operator' }
      return { tenant_id: tenant, deletes_at: (await control.deletions.begin(tenant, asked)).toISOString() }
    }
    case 'tenant keep': {
      const { tenant } = parse(existingTenant, options)
      return { tenant_id: tenant, kept: await control.deletions.takeBack(tenant) }
    }
    case 'tenant show':
      return show(control, parse(existingTenant, options).tenant)
    case 'tenant plan': {
      const { tenant, plan } = parse(newTerms, options)
      await control.plans.apply(tenant, { plan, ...agreedIn(options) }, 'operator')
      return show(control, tenant)
    }
    case 'tenant refuse-plan': {
      const { tenant } = parse(existingTenant, options)
      return { tenant_id: tenant, refused: await control.plans.withdraw(tenant, 'operator', 'refused') }
    }
    case 'tenant requests':
      return (await control.plans.wishes()).map(({ tenantId, name, plan, wish, since }) => ({
        ...{ tenant_id: tenantId, name, plan, requested_plan: wish, since },
      }))
    case 'operator create': {
      const { name } = parse(newOperator, options)
      const { tenantId } = await control.operators.account()
      const scopes = [operatorScope] as const
      const made = await control.keys.create({ tenantId, mode: 'live', scopes, name })
      return { tenant_id: tenantId, key_id: made.row.keyId, scopes, api_key: made.text }
    }
    case 'operator invite':
      return inviteOperator()(parse(invitedOperator, options))
    case 'operator list': {
      const { tenantId } = await control.operators.account()
      const people = (await control.members.list(tenantId)).map(({ personId, email, role, twoFactor }) => ({
        ...{ person_id: personId, email, role, two_factor: twoFactor },
      }))
      return { tenant_id: tenantId, people }
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

async function show({ plans }: Control, tenantId: string) {
  const { plan, overrides, monthlyPriceCents, wish } = await plans.find(tenantId)
  const changes = (await plans.history(tenantId)).map(({ at, fromPlan, toPlan, state, by }) => ({
    ...{ at, from: fromPlan, to: toPlan, state, by },
  }))
  const requested = wish ? { plan: wish.plan, since: wish.since } : null
  const price = { monthly_price_cents: priceOf({ plan, monthlyPriceCents }) }
  return { tenant_id: tenantId, plan, ...price, overrides, limits: limitsWith(plan, overrides), requested, changes }
}

function parse<Value>(schema: z.ZodType<Value>, options: Record<string, unknown>): Value {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'))
}
