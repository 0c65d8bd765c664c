// A person's life with a gateway process, its broker, database, object store and mail server.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createPeopleClient } from '@wagate/api/people-client.ts'
import { parseAuditEntry } from '@wagate/messages/audit.ts'
import { auditSubject } from '@wagate/messages/subjects.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { startMailServer } from '@wagate/testing/mail-server.ts'
import { startS3 } from '@wagate/testing/s3.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { startGateway, startSurroundings } from './testing/gateway-process.ts'

const password = 'vier tische neben dem ofen'

test('somebody signs up, changes the address and deletes himself: mails, the audit log and the register tell of it', async () => {
  await using stack = new AsyncDisposableStack()
  const surroundings = stack.use(await startSurroundings())
  const s3 = stack.use(await startS3())
  const mails = stack.use(await startMailServer())
  const env = {
    ...{ S3_ENDPOINT: s3.url, S3_BUCKET: 'wagate', S3_ACCESS_KEY_ID: s3.accessKeyId },
    ...{ S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
  }
  const smtp = { SMTP_URL: mails.smtpUrl, MAIL_FROM: 'no-reply@wagate.example' }
  const gateway = stack.use(await startGateway(surroundings, { ...env, ...smtp }))
  const as = (sessionToken?: string) =>
    createPeopleClient({ baseUrl: gateway.baseUrl, ...(sessionToken !== undefined && { sessionToken }) })
  /** The token in the mail to the address with that subject. */
  const mailed = (to: string, subject: string) =>
    waitFor(() => {
      const link = mails.mails(to).find((mail) => mail.subject === subject)?.links[0]
      return link && decodeURIComponent(new URL(link).hash.slice('#token='.length))
    })
  const subjectsTo = (to: string) =>
    mails
      .mails(to)
      .map(({ subject }) => subject)
      .toSorted()
  const signUp = async (email: string) => {
    await as().signUp({ email, name: 'Ada', company: 'Trattoria', password })
    return as().verifyEmail({ token: await mailed(email, 'Confirm your e-mail address'), password })
  }

  const [ada, ben] = [await signUp('ada@example.com'), await signUp('ben@example.com')]
  const [tenantId = '', benTenantId = ''] = [ada.tenant?.id, ben.tenant?.id]
  const me = as(ada.session_token)
  await me.changeEmail({ new_email: 'ada@example.org', password })
  await me.confirmEmail({ token: await mailed('ada@example.org', 'Confirm your new e-mail address') })
  await surroundings.control.members.add(tenantId, ben.person.id, 'owner')
  await me.deleteMe({ password })

  await waitFor(() => subjectsTo('ada@example.org').includes('Your Wagate account is deleted'))
  await waitFor(() => subjectsTo('ada@example.com').length === 3)
  expect(subjectsTo('ada@example.com')).toEqual([
    'Confirm your e-mail address',
    'Your e-mail address is about to change',
    'Your e-mail address was changed',
  ])
  const actions: string[] = []
  for await (const message of surroundings.provisioner.readSubject('AUDIT', auditSubject(tenantId))) {
    const parsed = parseAuditEntry(message)
    if (parsed.ok) actions.push(parsed.entry.action)
  }
  expect(actions).toEqual(['tenant.created', 'person.email_changed', 'person.deleted'])

  const admin = (...words: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, 'admin.ts'), ...words], {
      env: { PATH: process.env.PATH, ...surroundings.env, ...env },
    })
  const { stdout } = await admin('person', 'erase', '--person', ben.person.id)
  expect(JSON.parse(stdout)).toMatchObject({
    erased: true,
    left: expect.arrayContaining([tenantId, benTenantId]),
    without_owner: expect.arrayContaining([tenantId, benTenantId]),
  })
  const objects = objectStore({ ...s3, endpoint: s3.url, bucket: 'wagate', region: 'us-east-1' })
  stack.defer(() => objects.close())
  const register: string[] = []
  for await (const key of objects.list('erasures/')) register.push(key)
  expect(register).toEqual([ada, ben].map(({ person }) => `erasures/${person.id}.json`).toSorted())
  const log = JSON.stringify(gateway.log)
  for (const word of ['ada@', 'ben@', 'tische']) expect(log).not.toContain(word)
})
