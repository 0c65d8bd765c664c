// The schema as text, read from the catalog: what schema.sql holds. Made for review, not for restoring; pg_dump is not on
// every machine, and its output changes with its version.
import type { Sql } from 'postgres'

/** Everything in the schema `public`, in a fixed order: equal schemas give equal text. */
export async function dumpSchema(sql: Sql): Promise<string> {
  const tables = await sql<{ name: string; key: string | null; comment: string | null }[]>`
    select relname as name, pg_get_partkeydef(oid) as key, obj_description(oid) as comment
    from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`
  const parts = ['-- Written by the test of the migrations (make schema); do not edit.']
  for (const table of tables) parts.push(await describeTable(sql, table))
  const views = await sql<{ text: string }[]>`
    select format(E'create view %I with (%s) as\n%s', relname, array_to_string(reloptions, ', '), pg_get_viewdef(oid)) as text
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v' order by relname`
  parts.push(...views.map(({ text }) => text))
  const functions = await sql<{ text: string }[]>`
    select pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'public'::regnamespace order by proname`
  parts.push(...functions.map(({ text }) => `${text.trimEnd()};`))
  return `${parts.join('\n\n')}\n`
}

async function describeTable(
  sql: Sql,
  table: { name: string; key: string | null; comment: string | null },
): Promise<string> {
  const columns = await sql<{ text: string }[]>`
    select concat_ws(' ', quote_ident(attname), format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
                     'default ' || pg_get_expr(adbin, adrelid)) as text
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid = ${table.name}::regclass and attnum > 0 and not attisdropped order by attnum`
  const constraints = await sql<{ text: string }[]>`
    select format('constraint %I %s', conname, pg_get_constraintdef(oid)) as text
    from pg_constraint where conrelid = ${table.name}::regclass and contype <> 'n' order by contype desc, conname`
  const body = [...columns, ...constraints].map(({ text }) => `  ${text}`).join(',\n')
  const partitioned = table.key ? ` partition by ${table.key.toLowerCase()}` : ''
  return [
    `create table ${table.name} (\n${body}\n)${partitioned};`,
    ...(table.comment ? [`comment on table ${table.name} is '${table.comment.replaceAll("'", "''")}';`] : []),
    ...(await attachments(sql, table.name)),
  ].join('\n')
}

/** Indexes, row-level security, policies, rights and triggers of one table. */
async function attachments(sql: Sql, table: string): Promise<string[]> {
  const rows = await sql<{ text: string }[]>`
    select text from (
      select 1 as part, relname as name, pg_get_indexdef(indexrelid) || ';' as text
      from pg_index join pg_class on pg_class.oid = indexrelid
      where indrelid = ${table}::regclass and not exists (select from pg_constraint where conindid = indexrelid)
      union all
      select 2, '', format('alter table %I enable row level security%s;', relname,
                           case when relforcerowsecurity then ', force row level security' else '' end)
      from pg_class where oid = ${table}::regclass and relrowsecurity
      union all
      select 3, polname || polroles::text, format('create policy %I on %I for %s to %s%s%s;', polname, ${table}::text,
        case polcmd when 'r' then 'select' when '*' then 'all' else polcmd::text end,
        (select string_agg(rolname, ', ' order by rolname) from pg_roles where oid = any (polroles)),
        ' using (' || pg_get_expr(polqual, polrelid) || ')', ' with check (' || pg_get_expr(polwithcheck, polrelid) || ')')
      from pg_policy where polrelid = ${table}::regclass
      union all
      select 4, grantee, format('grant %s on %I to %I;',
        string_agg(lower(privilege_type) || coalesce(' (' || columns || ')', ''), ', ' order by privilege_type), ${table}::text, grantee)
      from (
        select grantee, privilege_type, null as columns from information_schema.role_table_grants
        where table_schema = 'public' and table_name = ${table}
        union all
        select grantee, privilege_type, string_agg(column_name, ', ' order by column_name)
        from information_schema.role_column_grants c
        where table_schema = 'public' and table_name = ${table} and not exists (
          select from information_schema.role_table_grants t where t.table_schema = 'public' and t.table_name = ${table}
            and t.grantee = c.grantee and t.privilege_type = c.privilege_type)
        group by grantee, privilege_type
      ) rights where grantee <> pg_get_userbyid((select relowner from pg_class where oid = ${table}::regclass))
      group by grantee
      union all
      select 5, tgname, pg_get_triggerdef(oid) || ';' from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal
    ) attached order by part, name collate "C", text collate "C"`
  return rows.map(({ text }) => text)
}
