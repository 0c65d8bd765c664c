// The rules of isolation, as sentences about a catalog. Each complaint says what to do.
import type { Catalog, Policy, Role, Routine, Table } from './catalog.ts'
import type { Exceptions } from './exceptions.ts'

/** How a table says in its comment that row-level security does not hold for it, and why. */
export const exemption = /^Exempt from row-level security: (\S.*)$/s

const ofOneTenant = '(tenant_id = current_tenant_id())'
const writes = new Set(['all', 'insert', 'update'])
const commands = ['select', 'insert', 'update', 'delete']

export const hasTenant = (table: Table): boolean => table.columns.some(({ name }) => name === 'tenant_id')
export const whyExempt = ({ comment }: Table): string | undefined => exemption.exec(comment ?? '')?.[1]

/** Whether the role sees only the tenant that the transaction names. */
export const isBound = ({ policies }: Table, role: string): boolean =>
  policies.filter(({ roles }) => roles.includes(role)).every(({ using, check }) => using !== 'true' && check !== 'true')

/** Everything that could let a tenant meet another one; empty when all is well. */
export function complaints(catalog: Catalog, exceptions: Exceptions): string[] {
  return [
    ...catalog.tables.flatMap((table) => ofTable(table, exceptions).map((text) => `${table.name}: ${text}`)),
    ...catalog.roles.flatMap((role) => ofRole(role).map((text) => `${role.name}: ${text}`)),
    ...catalog.routines.flatMap((routine) => ofRoutine(routine).map((text) => `${routine.name}: ${text}`)),
    ...catalog.elsewhere
      .filter((name) => name !== 'drizzle.__drizzle_migrations')
      .map((name) => `${name}: is outside of the schema public, where nothing looks after it`),
    ...(catalog.defaultGrants > 0 ? ['default privileges are set: grant rights table by table'] : []),
    ...stale(catalog, exceptions),
  ]
}

function ofTable(table: Table, exceptions: Exceptions): string[] {
  if (table.kind === 'view')
    return table.asksAsInvoker ? [] : ['a view shows what its owner may see: create it WITH (security_invoker = true)']
  if (table.kind !== 'table') return [`a ${table.kind} knows no row-level security: use a table`]
  return [
    ...(table.owner === 'wagate_owner' ? [] : [`belongs to ${table.owner}: only wagate_owner makes tables`]),
    ...ofSecurity(table, exceptions),
    ...(hasTenant(table) ? ofKeys(table, exceptions) : []),
    ...ofGrants(table),
    ...(table.isSecured ? table.policies.flatMap((policy) => ofPolicy(table, policy, exceptions)) : []),
  ]
}

function ofSecurity(table: Table, { tables }: Exceptions): string[] {
  const isSafe = table.isSecured && table.isForced
  const isExempt = whyExempt(table) !== undefined
  if (isExempt && isSafe) return ['its comment says that it is exempt from row-level security, and it is not']
  if (isExempt) return []
  const orSay = 'or say "Exempt from row-level security: <why>" in a COMMENT ON TABLE'
  if (!hasTenant(table))
    return table.name in tables ? [] : [`has no tenant_id: give it one, first in its primary key, ${orSay}`]
  if (!table.isSecured) return [`has no row-level security: ENABLE and FORCE it, with a policy per role, ${orSay}`]
  return table.isForced ? [] : ['row-level security is not forced, so it does not hold for the owner: FORCE it']
}

function ofKeys({ columns, indexes, foreignKeys }: Table, exceptions: Exceptions): string[] {
  const tenant = columns.find(({ name }) => name === 'tenant_id')
  return [
    ...(tenant?.type === 'text' && tenant.notNull ? [] : ['tenant_id must be text, not null']),
    ...(indexes.some(({ isPrimary }) => isPrimary) ? [] : ['has no primary key: it begins with tenant_id']),
    ...indexes
      .filter(({ name, first }) => first !== 'tenant_id' && !(name in exceptions.indexes))
      .map(({ name }) => `${name} does not begin with tenant_id: put it first, or list the index in exceptions.ts`),
    ...foreignKeys
      .filter(({ targetHasTenant, bindsTenant }) => targetHasTenant && !bindsTenant)
      .map(({ name, target }) => `${name} may point to another tenant's ${target}: make tenant_id part of it`),
  ]
}

function ofGrants({ grants, policies, isSecured, isPartition }: Table): string[] {
  const isCovered = ({ role, privilege }: { role: string; privilege: string }): boolean =>
    policies.some(
      ({ roles, command, isPermissive }) =>
        isPermissive && roles.includes(role) && (command === 'all' || command === privilege),
    )
  return grants.flatMap(({ role, privilege }) => {
    if (role === 'PUBLIC') return [`everybody may ${privilege}: grant rights to a service's role`]
    if (isPartition) return [`${role} may ${privilege}: a partition is reached through its table only`]
    if (!commands.includes(privilege))
      return [`${role} may ${privilege}, for which row-level security does not hold: revoke it`]
    if (isSecured && !isCovered({ role, privilege }))
      return [`${role} may ${privilege} and no policy says which rows: add one`]
    return []
  })
}

function ofPolicy(table: Table, policy: Policy, exceptions: Exceptions): string[] {
  const { name, command, isPermissive, roles, using, check } = policy
  if (!isPermissive || `${table.name}.${name}` in exceptions.policies) return []
  const lacks = [
    ...(command !== 'insert' && using === null ? ['USING'] : []),
    ...(writes.has(command) && check === null ? ['WITH CHECK'] : []),
  ]
  const rules = [using, check].filter((rule) => rule !== null)
  return [
    ...lacks.map((clause) => `the policy ${name} has no ${clause}`),
    ...(roles.includes('PUBLIC') ? [`the policy ${name} is for everybody: name a service's role`] : []),
    ...roles.flatMap((role) =>
      rules
        .filter((rule) => rule !== ofOneTenant && !(rule === 'true' && role in exceptions.everyTenant))
        .map(
          (rule) =>
            `the policy ${name} lets ${role} at rows by ${rule}: it must be ${ofOneTenant}, or listed in exceptions.ts`,
        ),
    ),
  ]
}

const ofRole = ({ powers, memberOf }: Role): string[] => [
  ...powers.map((power) => `has the power "${power}", with which it may come around row-level security`),
  ...memberOf.map((other) => `has the rights of ${other}`),
]

const ofRoutine = ({ owner, isDefiner, hasSearchPath, isForEverybody }: Routine): string[] => [
  ...(owner === 'wagate_owner' ? [] : [`belongs to ${owner}: only wagate_owner makes functions`]),
  ...(hasSearchPath ? [] : ["finds names by its caller's search_path: SET search_path = pg_catalog"]),
  ...(isDefiner && isForEverybody ? ["runs with its owner's rights for everybody: REVOKE it FROM PUBLIC"] : []),
]

function stale({ tables, roles }: Catalog, exceptions: Exceptions): string[] {
  const known = {
    tables: new Set(tables.map(({ name }) => name)),
    indexes: new Set(tables.flatMap(({ indexes }) => indexes.map(({ name }) => name))),
    policies: new Set(tables.flatMap((table) => table.policies.map(({ name }) => `${table.name}.${name}`))),
    everyTenant: new Set(roles.map(({ name }) => name)),
  }
  return (['tables', 'indexes', 'policies', 'everyTenant'] as const).flatMap((kind) =>
    Object.keys(exceptions[kind])
      .filter((name) => !known[kind].has(name))
      .map((name) => `${name}: exceptions.ts names it, and it does not exist`),
  )
}
