// Command line for the operator: makes tenants and keys, prints JSON. Run it with the gateway's environment.
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import type { AuditEntry } from '@wagate/messages/audit.ts'
import { createIds } from '@wagate/messages/ids.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { brokerAccess, objectStoreAccess } from '@wagate/runtime/config.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { objectStore } from '@wagate/runtime/object-store.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { createErasureRegister } from './account/erasure-register.ts'
import { createAuditLog } from './audit/log.ts'
import { loadAdminConfig, loadAdminMailConfig, loadErasureConfig } from './config.ts'
import { adminOptions, runAdmin, usage } from './control/admin.ts'
import { audited } from './control/audited.ts'
import { erasePerson } from './control/erase-person.ts'
import { createInviteOperator, type InviteOperator } from './control/invite-operator.ts'
import { type Control, createControl } from './control/manage.ts'
import { createMailOutbox } from './mail/outbox.ts'
import { createInvitations } from './member/invitations.ts'

const now = () => new Date()
const newId = createIds({ now, randomBytes })
const tellUnrecorded = (entry: AuditEntry): void => {
  process.stderr.write(`It was done, but is missing from the audit log: ${JSON.stringify(entry)}\n`)
}

async function eraseAndRegister({ persons }: Control, person: unknown): Promise<unknown> {
  const objects = objectStore(objectStoreAccess(loadErasureConfig(process.env)))
  try {
    return await erasePerson({ persons, register: createErasureRegister({ objects, now }) }, person)
  } finally {
    objects.close()
  }
}

try {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: adminOptions })
  const config = loadAdminConfig(process.env)
  const broker = await connectBroker({
    ...brokerAccess(config),
    name: 'gateway-admin',
    logger: silentLogger(),
  })
  const sql = openPostgres({ url: config.DATABASE_URL, applicationName: 'gateway-admin', max: 1 })
  try {
    const control = createControl({
      sql,
      tenants: await broker.kv('tenants'),
      apiKeys: await broker.kv('api_keys'),
      members: await broker.kv('members'),
      supportAccesses: await broker.kv('support_accesses'),
      now,
      newId,
      randomBytes,
    })
    const { record } = createAuditLog({
      ...{ publish: broker.publish, status: broker.status, pause, now, newId, timeoutMs: 10_000 },
      monotonicMs: () => performance.now(),
      onWaiting: tellUnrecorded,
      onLost: tellUnrecorded,
    })
    const onRecord = audited(control, record)
    const inviteOperator = (): InviteOperator => {
      const { masterKey, ...mails } = loadAdminMailConfig(process.env)
      const onFull = () => process.stderr.write('Too many mails wait: this one was dropped.\n')
      const { queue: queueMail } = createMailOutbox({ sql, masterKey, newId, onFull, onUnstored: () => {} })
      const invitations = createInvitations({ sql, now, newId })
      return createInviteOperator({ ...onRecord, invitations, record, queueMail, ...mails })
    }
    const run = () =>
      positionals.join(' ') === 'person erase'
        ? eraseAndRegister(onRecord, values.person)
        : runAdmin(onRecord, positionals, values, inviteOperator)
    process.stdout.write(`${JSON.stringify(await run())}\n`)
  } finally {
    await sql.end({ timeout: 5 })
    await broker.drain()
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`)
  process.exitCode = 1
}
