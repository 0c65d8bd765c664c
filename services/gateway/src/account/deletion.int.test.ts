// A person who is deleted, on a real database, through the routes.
import { memberKey } from '@wagate/messages/control.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { totp } from '@wagate/testing/totp.ts'
import { afterAll, expect, test } from 'vitest'
import { erasePerson } from '../control/erase-person.ts'
import { codeOf, otherPassword, password, startPeople } from '../testing/people.ts'

const { sql, databaseUrl, gateway, [Symbol.asyncDispose]: stop } = await startPeople()
const owner = openPostgres({ url: databaseUrl, applicationName: 'test', max: 1 })
afterAll(async () => {
  await owner.end()
  await stop()
})

/** Tables in which something of a row holds one of the words. */
async function tablesWith(words: readonly string[]): Promise<string[]> {
  const tables = await owner<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`
  const found: string[] = []
  for (const { name } of tables)
    for (const word of words) {
      const rows = await owner`select from ${owner(name)} one where one::text like ${`%${word}%`} limit 1`
      if (rows.length > 0) found.push(name)
    }
  return [...new Set(found)].toSorted()
}

type Scene = Awaited<ReturnType<typeof gateway>>

/** Somebody with one of everything, who owns nothing alone. */
async function member({ as, signUp, control }: Scene) {
  const [ada, host] = [await signUp(), await signUp()]
  await control.members.add(host.tenantId, ada.personId, 'admin')
  await control.members.add(ada.tenantId, host.personId, 'owner')
  await as(undefined, 'another').signIn({ email: ada.email, password })
  const { uri } = await as(ada.token).setUpTwoFactor({ password })
  const code = (steps: number) => totp(new URL(uri).searchParams.get('secret') ?? '', steps)
  const { session_token: token } = await as(ada.token).confirmTwoFactor({ code: code(0) })
  await as().requestPasswordReset({ email: ada.email })
  await as(token).changeEmail({ new_email: `new.${ada.email}`, password })
  await as().signIn({ email: ada.email, password })
  await sql`
    insert into invitation (tenant_id, invitation_id, email, role, invited_by, expires_at)
    values (${host.tenantId}, 'inv_ada', ${ada.email}, 'viewer', ${host.personId}, now() + interval '1 day')`
  return { ...ada, token, code, host }
}

test('nothing of a deleted person stays in any table, mirror or mail that waits; each account is told, and a last mail says so', async () => {
  const scene = await gateway()
  const { as, buckets, mails, register, toldTo } = scene
  const ada = await member(scene)
  const { token: tenantToken } = await as(ada.token).getTenantToken({ tenant_id: ada.tenantId, mode: 'test' })
  const before = toldTo(ada.tenantId).length
  expect(await tablesWith([ada.personId, ada.email])).toEqual(
    expect.arrayContaining(['credential', 'invitation', 'member', 'person', 'sign_in', 'two_factor', 'verification']),
  )
  await as(ada.token).deleteMe({ password, code: ada.code(1) })
  expect(await tablesWith([ada.personId, ada.email])).toEqual([])
  for (const tenantId of [ada.tenantId, ada.host.tenantId]) {
    expect(await buckets.members.get(memberKey(tenantId, ada.personId))).toBeUndefined()
    expect(toldTo(tenantId).at(-1)).toMatchObject({
      ...{ action: 'person.deleted', actor: { kind: 'person', id: ada.personId }, targets: [ada.personId] },
    })
  }
  expect(toldTo(ada.tenantId)).toHaveLength(before + 1)
  expect(mails.filter(({ to }) => to === ada.email)).toMatchObject([{ kind: 'person_deleted' }])
  expect(register.get(`erasures/${ada.personId}.json`)).toMatchObject({ kind: 'person', personId: ada.personId })
  expect(JSON.stringify([...register])).not.toContain('@')
  expect(await codeOf(as(ada.token).me())).toBe('sign-in-needed')
  expect(await codeOf(scene.within(tenantToken).listMembers())).toBe('api-key-invalid')
  expect(await codeOf(as().signIn({ email: ada.email, password }))).toBe('sign-in-refused')
})

test('it takes the password, and a code that was not used yet when two-factor authentication is on', async () => {
  const scene = await gateway()
  const { as, register } = scene
  const ada = await member(scene)
  const tried = (body: { password: string; code?: string }) => codeOf(as(ada.token).deleteMe(body))
  expect(await tried({ password: otherPassword, code: ada.code(1) })).toBe('password-wrong')
  expect(await tried({ password })).toBe('second-factor-refused')
  const code = ada.code(1)
  const challenge = (await as().signIn({ email: ada.email, password })).second_factor?.challenge ?? ''
  await as().passSecondFactor({ challenge, code })
  expect(await tried({ password, code })).toBe('second-factor-refused')
  expect(register.size).toBe(0)
  expect((await as(ada.token).me()).person.id).toBe(ada.personId)
})

test('the only owner of an account is told which; one that is going to be deleted anyway holds nobody', async () => {
  const { as, signUp, control, register, within } = await gateway()
  const { token, tenantId, personId } = await signUp()
  const { tenant: another } = await as(token).createTenant({ name: 'Another' })
  await control.deletions.begin(another.id, { graceMs: 1_000_000, requestedBy: 'operator' })
  const refusal = await as(token)
    .deleteMe({ password })
    .catch((error: unknown) => error)
  expect(refusal).toMatchObject({
    problem: { code: 'last-owner', detail: expect.stringContaining('"Trattoria Ada"'), errors: [{ path: tenantId }] },
  })
  expect(register.size).toBe(0)
  const heir = await signUp()
  await control.members.add(tenantId, heir.personId, 'viewer')
  const { token: own } = await as(token).getTenantToken({ tenant_id: tenantId, mode: 'test' })
  await within(own).transferOwnership({ person_id: heir.personId })
  await as(token).deleteMe({ password })
  expect(await tablesWith([personId])).toEqual([])
})

test('of two owners who delete themselves at once one stays, and is not in the register', async () => {
  const { as, signUp, control, register } = await gateway()
  const [one, two] = [await signUp(), await signUp()]
  for (const tenantId of [one.tenantId, two.tenantId])
    for (const { personId } of [one, two]) await control.members.add(tenantId, personId, 'owner')
  const outcomes = await Promise.all([one, two].map(({ token }) => codeOf(as(token).deleteMe({ password }))))
  expect(outcomes.toSorted()).toEqual(['last-owner', 'none'])
  const gone = outcomes[0] === 'none' ? one : two
  expect([...register.keys()]).toEqual([`erasures/${gone.personId}.json`])
})

test('without the register nobody is deleted', async () => {
  const { as, objects, signUp, control } = await gateway()
  const { token, tenantId } = await signUp()
  await control.deletions.begin(tenantId, { graceMs: 1_000_000, requestedBy: 'operator' })
  objects.put = async () => {
    throw new Error('away')
  }
  expect(await codeOf(as(token).deleteMe({ password }))).toBe('storage-unavailable')
  expect(await codeOf(as(token).me())).toBe('none')
})

test('the operator erases by id, also the only owner, and again after a restore', async () => {
  const { as, signUp, control, register } = await gateway()
  const { token, tenantId, personId } = await signUp()
  const deps = {
    persons: control.persons,
    register: { add: async (id: string) => void register.set(`erasures/${id}.json`, {}) },
  }
  expect(await erasePerson(deps, personId)).toEqual({
    ...{ person_id: personId, erased: true, left: [tenantId], without_owner: [tenantId] },
  })
  expect(await erasePerson(deps, personId)).toEqual({ person_id: personId, erased: false })
  expect(register.size).toBe(1)
  expect(await codeOf(as(token).me())).toBe('sign-in-needed')
  await expect(erasePerson(deps, 'ada@example.com')).rejects.toThrow('per_')
})

test('whatever names a person in a column of its own goes with the person', async () => {
  const columns = await owner<{ place: string; cascades: boolean }[]>`
    select a.attrelid::regclass::text || '.' || a.attname as place, coalesce(c.confdeltype = 'c', false) as cascades
    from pg_attribute a
    join pg_class t on t.oid = a.attrelid and t.relkind = 'r' and t.relnamespace = 'public'::regnamespace
    left join pg_constraint c on c.conrelid = t.oid and c.contype = 'f' and c.conkey = array[a.attnum]
    where a.attname ~ '(^|_)person_id$' and t.relname <> 'person'`
  // Members are removed one by one, because their accounts are told.
  expect(columns.filter(({ cascades }) => !cascades).map(({ place }) => place)).toEqual(['member.person_id'])
  expect(columns.length).toBeGreaterThan(3)
})
