// What PostgreSQL itself says of the tables, roles and functions: the tests of isolation judge this, so a new one is judged at once.
import type { ISql } from 'postgres'

export type Column = { name: string; type: string; notNull: boolean; isFilled: boolean }
/** `first`: its first column, null when that is an expression. */
export type Index = { name: string; isPrimary: boolean; first: string | null }
export type Policy = {
  name: string
  command: 'all' | 'select' | 'insert' | 'update' | 'delete'
  isPermissive: boolean
  roles: string[]
  using: string | null
  check: string | null
}
/** Of a table, or of some of its columns. */
export type Grant = { role: string; privilege: string }
/** `bindsTenant`: the tenant_id of one side must be that of the other. */
export type ForeignKey = { name: string; target: string; bindsTenant: boolean; targetHasTenant: boolean }

export type Table = {
  name: string
  kind: 'table' | 'view' | 'materialized view' | 'foreign table'
  isPartition: boolean
  isPartitioned: boolean
  owner: string
  comment: string | null
  isSecured: boolean
  isForced: boolean
  /** Of a view: it reads with the rights of whoever asks. */
  asksAsInvoker: boolean
  columns: Column[]
  indexes: Index[]
  policies: Policy[]
  grants: Grant[]
  foreignKeys: ForeignKey[]
}
export type Routine = {
  name: string
  owner: string
  isDefiner: boolean
  hasSearchPath: boolean
  isForEverybody: boolean
}
/** `powers`: what no service may have, in PostgreSQL's words. */
export type Role = { name: string; powers: string[]; memberOf: string[] }
export type Catalog = {
  tables: Table[]
  routines: Routine[]
  roles: Role[]
  /** Tables in schemas other than `public`. */
  elsewhere: string[]
  /** Rights that objects are to get when they are made. */
  defaultGrants: number
}

export async function readCatalog(sql: ISql): Promise<Catalog> {
  const [{ count: defaultGrants = 0 } = {}] = await sql<{ count: number }[]>`
    select count(*)::int as count from pg_default_acl`
  const elsewhere = await sql<{ name: string }[]>`
    select nspname || '.' || relname as name from pg_class join pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f') and nspname not in ('public', 'information_schema') and nspname !~ '^pg_'
    order by 1`
  return {
    tables: await readTables(sql),
    routines: await readRoutines(sql),
    roles: await readRoles(sql),
    elsewhere: elsewhere.map(({ name }) => name),
    defaultGrants,
  }
}

const readTables = (sql: ISql) => sql<Table[]>`
  select relname as name, relispartition as "isPartition", relkind = 'p' as "isPartitioned",
    case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind,
    pg_get_userbyid(relowner) as owner, obj_description(c.oid, 'pg_class') as comment,
    relrowsecurity as "isSecured", relforcerowsecurity as "isForced",
    coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false) as "asksAsInvoker",
    (select coalesce(json_agg(json_build_object('name', attname, 'type', format_type(atttypid, null), 'notNull', attnotnull,
        'isFilled', atthasdef or attidentity <> '' or attgenerated <> '') order by attnum), '[]')
      from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
    (select coalesce(json_agg(json_build_object('name', coalesce(
        (select inhparent::regclass::text from pg_inherits where inhrelid = indexrelid), indexrelid::regclass::text), 'isPrimary', indisprimary,
        'first', (select attname from pg_attribute where attrelid = indrelid and attnum = indkey[0]))
        order by indexrelid::regclass::text), '[]')
      from pg_index where indrelid = c.oid) as indexes,
    (select coalesce(json_agg(json_build_object('name', polname, 'isPermissive', polpermissive,
        'command', case polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
        'roles', (select json_agg(case role when 0 then 'PUBLIC' else pg_get_userbyid(role) end) from unnest(polroles) as role),
        'using', pg_get_expr(polqual, polrelid), 'check', pg_get_expr(polwithcheck, polrelid)) order by polname), '[]')
      from pg_policy where polrelid = c.oid) as policies,
    (select coalesce(json_agg(distinct jsonb_build_object('privilege', lower(privilege_type),
        'role', case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end)), '[]')
      from (select grantee, privilege_type from aclexplode(relacl) union all
            select acl.grantee, acl.privilege_type from pg_attribute, aclexplode(attacl) acl where attrelid = c.oid) given
      where grantee <> relowner) as grants,
    (select coalesce(json_agg(json_build_object('name', conname, 'target', confrelid::regclass::text,
        'targetHasTenant', target.attnum is not null, 'bindsTenant', exists (
          select from unnest(conkey, confkey) as pair (own, other) where own = tenant.attnum and other = target.attnum))
        order by conname), '[]')
      from pg_constraint
      left join pg_attribute tenant on tenant.attrelid = conrelid and tenant.attname = 'tenant_id'
      left join pg_attribute target on target.attrelid = confrelid and target.attname = 'tenant_id'
      where conrelid = c.oid and contype = 'f' and conparentid = 0) as "foreignKeys"
  from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by relname`

const readRoutines = (sql: ISql) => sql<Routine[]>`
  select p.oid::regprocedure::text as name, pg_get_userbyid(proowner) as owner, prosecdef as "isDefiner",
    exists (select from unnest(proconfig) as setting where setting like 'search_path=%') as "hasSearchPath",
    has_function_privilege('public', p.oid, 'execute') as "isForEverybody"
  from pg_proc p where pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend where objid = p.oid and deptype = 'e') order by 1`

/** All but PostgreSQL's own and the superuser that the server began with. */
const readRoles = (sql: ISql) => sql<Role[]>`
  select rolname as name,
    array_remove(array[case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
      case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
      case when rolreplication then 'replication' end,
      case when rolname <> 'wagate_owner' and has_schema_privilege(r.oid, 'public', 'create') then 'create in public' end], null) as powers,
    array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = r.oid) as "memberOf"
  from pg_roles r where r.oid <> 10 and rolname !~ '^pg_' order by rolname`
