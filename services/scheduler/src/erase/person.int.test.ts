import { rebuildLock } from '@wagate/db/locks.ts'
import { testBroker } from '@wagate/runtime/testing/broker.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import type { Job, JobTools } from '../job/job.ts'
import { daysAgo, rowsOf } from '../testing/rows.ts'
import { createErasePerson } from './person.ts'

const tools: JobTools = { signal: new AbortController().signal, report: async () => {} }
const jobOf = (names: string[], step: string | null = null): Job => ({
  ...{ tenantId: 'ten_ours', jobId: 'job_1', kind: 'erase_person', mode: 'live', params: { names }, step },
  ...{ result: {}, attempts: 1, claim: 1, createdAt: new Date() },
})

test('everything that names a person goes, by either name; others’ data and other tenants’ stay', async () => {
  await using nats = await startNats({ users: true })
  await using provisioner = await testBroker(nats, nats.login('provisioner'))
  await using broker = await testBroker(nats, { ...nats.login('scheduler'), provision: false })
  await using db = await cloneDatabase()
  const keeper = postgres(db.urlFor('wagate_keeper'), { max: 2, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1, onnotice: () => {} })
  const [ours, theirs] = [rowsOf(admin, 'ten_ours'), rowsOf(admin, 'ten_theirs')]
  for (const rows of [ours, theirs]) {
    await rows.tenant()
    await rows.session()
    const endpoint = await rows.endpoint()
    const ada = await rows.chat('+999100', daysAgo(1), '7@lid')
    await rows.desk(ada, daysAgo(1))
    await rows.message(ada, daysAgo(2), 'to Ada', '+999100')
    await rows.message(ada, daysAgo(1), 'to Ada by LID')
    await rows.message(await rows.chat('+9991001', daysAgo(1)), daysAgo(1), 'to Bob', '+9991001')
    for (const [name, text] of [
      ['+999100', 'Ada'],
      ['7@lid', 'Ada'],
      ['+9991001', 'Bob'],
    ]) {
      const body = JSON.stringify({ data: { chat: { phone: name }, text } })
      await rows.delivery(endpoint, daysAgo(1), 'delivered', body)
      const subject = `evt.3.${rows.tenantId}.${rows.sessionId}.message.sent`
      await provisioner.publish(subject, Buffer.from(body))
      await provisioner.publish('dlq.EVENTS.projector-3', Buffer.from(body), { headers: { 'Wagate-Subject': subject } })
      const answers = await provisioner.kv('idempotency')
      await answers.put(
        `${rows.tenantId}.${name?.replace(/\W/g, '')}`,
        Buffer.from(JSON.stringify({ body: { to: name } })),
      )
    }
  }
  const left = async (tenantId: string) => {
    const count = async (table: string) =>
      (await admin.unsafe(`select 1 from ${table} where tenant_id = $1`, [tenantId])).length
    const stored = async (stream: string, subject: string) => {
      const found = await Array.fromAsync(provisioner.readSubject(stream, subject))
      return found.filter(
        (message) => message.subject.includes(tenantId) || message.headers['Wagate-Subject']?.includes(tenantId),
      ).length
    }
    return {
      messages: await count('message_view'),
      words: await count('message_words'),
      chats: await count('chat_view'),
      desks: await count('chat_desk'),
      deliveries: await count('webhook_delivery'),
      attempts: await count('delivery_attempt'),
      events: await stored('EVENTS', 'evt.>'),
      deadLetters: await stored('DEAD_LETTERS', 'dlq.>'),
      answers: (await Array.fromAsync((await provisioner.kv('idempotency')).keys(`${tenantId}.*`))).length,
    }
  }
  const erase = createErasePerson({ sql: keeper, broker, settleMs: 5, pace: { batch: 1, pauseMs: 0 } })
  const first = await erase(jobOf(['+999100']), tools)
  expect(first).toEqual({
    kind: 'again',
    afterMs: 5,
    step: 'sweep',
    result: {
      names: ['+999100', '7@lid'],
      removed: { messages: 2, deliveries: 2, chats: 1, events: 2, deadLetters: 2, answers: 2 },
    },
  })
  const one = {
    messages: 1,
    words: 1,
    chats: 1,
    desks: 0,
    deliveries: 1,
    attempts: 1,
    events: 1,
    deadLetters: 1,
    answers: 1,
  }
  const all = {
    messages: 3,
    words: 3,
    chats: 2,
    desks: 1,
    deliveries: 3,
    attempts: 3,
    events: 3,
    deadLetters: 3,
    answers: 3,
  }
  expect([await left('ten_ours'), await left('ten_theirs')]).toEqual([one, all])
  // A rebuild may have read the events before they went: the last look comes after it, and still knows both names then.
  await admin.begin(async (rebuild) => {
    await rebuild`select pg_advisory_xact_lock(${rebuildLock})`
    const later = { kind: 'again', afterMs: 5, step: 'sweep', result: {} }
    expect(await erase(jobOf(['+999100'], 'sweep'), tools)).toEqual(later)
  })
  expect(await erase(jobOf(['+999100'], 'sweep'), tools)).toMatchObject({
    kind: 'done',
    result: { swept: { messages: 0 } },
  })
  await expect(erase(jobOf([]), tools)).rejects.toMatchObject({ code: 'not-asked-for' })
  await Promise.all([keeper.end(), admin.end()])
})
