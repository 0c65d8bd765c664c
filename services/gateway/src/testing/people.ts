// Gateways for people on a real database, whose mails and entries in the audit log a test can read. Broker and Postgres are else faked.
import { randomBytes } from 'node:crypto'
import { ApiError } from '@wagate/api/call.ts'
import { createClient } from '@wagate/api/client.ts'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { apiKeyRecord, memberRecord, tenantRecord } from '@wagate/messages/control.ts'
import { createIds } from '@wagate/messages/ids.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { mirror } from '@wagate/runtime/mirror.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { createErasureRegister } from '../account/erasure-register.ts'
import { createPeople } from '../account/people.ts'
import { createControl } from '../control/manage.ts'
import { fakeAudit } from '../fakes/audit.ts'
import { createWorld } from '../fakes/world.ts'
import type { Mail } from '../mail/mail.ts'

const now = () => new Date()
export const newId = createIds({ now, randomBytes })
const logger = silentLogger()
const secret = 'a secret of the tests that is long enough'
export const password = 'vier tische neben dem ofen'
export const otherPassword = 'drei stuehle vor der tuer'
const baseUrl = 'http://gateway'

/** A database, and as many gateways on it as a test wants. Use with `await using`, or dispose of it. */
export async function startPeople() {
  const database = await cloneDatabase()
  const sql = openPostgres({ url: database.urlFor('wagate_api'), applicationName: 'test', max: 5 })
  return {
    sql,
    /** As its owner: no policy hides a row. */
    databaseUrl: database.url,
    gateway: () => startGateway(sql),
    async [Symbol.asyncDispose]() {
      await sql.end()
      await database[Symbol.asyncDispose]()
    },
  }
}

/** A gateway, what it mails and what it puts on record; all of them are on the same database. */
async function startGateway(sql: ReturnType<typeof openPostgres>) {
  const mails: Mail[] = []
  const buckets = {
    ...{ tenants: fakeBucket('tenants'), apiKeys: fakeBucket('api_keys'), members: fakeBucket('members') },
    supportAccesses: fakeBucket('support_accesses'),
  }
  const [keys, tenants, members] = await Promise.all([
    mirror(buckets.apiKeys, apiKeyRecord, { logger }),
    mirror(buckets.tenants, tenantRecord, { logger }),
    mirror(buckets.members, memberRecord, { logger }),
  ])
  const queueMail = async (mail: Mail) => void mails.push(mail)
  const control = createControl({ sql, ...buckets, now, newId, randomBytes })
  const { audit, auditStore, published: onRecord } = fakeAudit(now, newId)
  const people = createPeople({
    ...{ sql, secret, dashboardUrl: 'http://localhost', queueMail, newId, now, logger },
    randomBytes,
    onRecord: { audit, members: control.members },
  })
  /** What is in the register of erased people, by key. */
  const register = new Map<string, unknown>()
  const objects = {
    put: async (key: string, body: unknown) => void register.set(key, JSON.parse(String(body))),
    delete: async (key: string) => void register.delete(key),
  }
  const forgetMails = async (address: string) => {
    mails.splice(0, mails.length, ...mails.filter(({ to }) => to !== address))
  }
  const { app } = await createWorld({
    ...{ persons: control.persons, erasedPeople: createErasureRegister({ objects, now }), forgetMails },
    ...{ ...people, control, members: control.members, apiKeys: control.keys, queueMail, audit, auditStore },
    ...{ findKey: keys.get, findTenant: tenants.get, findMember: members.get },
  })
  const on =
    (userAgent: string): typeof fetch =>
    async (input, init) => {
      const headers = new Headers(init?.headers)
      headers.set('user-agent', userAgent)
      return app.request(String(input).slice(baseUrl.length), { ...init, headers })
    }
  const as = (sessionToken?: string, device = 'a browser') =>
    createPeopleClient({ baseUrl, fetch: on(device), ...(sessionToken !== undefined && { sessionToken }) })
  const within = (apiKey: string) => createClient({ baseUrl, apiKey, fetch: on('a program') })
  /** The token in the last mail of that kind to the address. */
  const mailed = (kind: Mail['kind'], to: string): string => {
    const mail = mails.findLast((one) => one.kind === kind && one.to === to)
    return mail && 'link' in mail ? decodeURIComponent(new URL(mail.link).hash.slice('#token='.length)) : ''
  }
  /** Somebody with an account. */
  async function signUp() {
    const email = `${newId('request').toLowerCase()}@example.com`
    await as().signUp({ email, name: 'Ada', company: 'Trattoria Ada', password })
    const { session_token, person, tenant } = await as().verifyEmail({ token: mailed('verify_email', email), password })
    return { email, token: session_token, personId: person.id, tenantId: tenant?.id ?? '' }
  }
  /** What the log of the account tells of people, oldest first. */
  const toldTo = (tenantId: string) => onRecord.filter((entry) => entry.tenantId === tenantId)
  return { app, people, control, buckets, objects, register, mails, as, within, mailed, signUp, toldTo }
}

/** Of the problem that a call ends with. */
export const codeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'none',
    (error: unknown) => (error instanceof ApiError ? error.problem.code : String(error)),
  )
