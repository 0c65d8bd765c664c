// One real message of every type and version. They are never edited: what was stored once must be readable for ever.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { parseAuditEntry } from './audit.ts'
import { anyCommand, parseCommand } from './commands.ts'
import {
  apiKeyRecord,
  idempotencyRecord,
  leaseRecord,
  memberRecord,
  pairingRecord,
  sessionConfig,
  sessionState,
  supportAccessRecord,
  tenantRecord,
  wrappedKey,
} from './control.ts'
import { eventTypes, parseEvent } from './events.ts'
import { failoverRecord, handoverRecord, hostedRecord, poolRecord, workerOrder, workerRecord } from './fleet.ts'
import { messageCounts } from './quota.ts'
import { auditSubject } from './subjects.ts'

const folder = (kind: string): string => join(import.meta.dirname, '../fixtures', kind)
const names = (kind: string): string[] => readdirSync(folder(kind)).map((file) => file.replace(/\.json$/, ''))
const read = (kind: string, name: string): Uint8Array => readFileSync(join(folder(kind), `${name}.json`))
const json = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))

const commandTypes = anyCommand.options.map((option) => option.shape.type.value)

test('every command and every event has a fixture, and no fixture is without a type', () => {
  expect(names('commands').toSorted()).toEqual(commandTypes.toSorted())
  expect(names('events').toSorted()).toEqual(eventTypes.toSorted())
})

test.each(names('commands'))('the command %s parses to what was written', (name) => {
  const bytes = read('commands', name)
  expect(parseCommand(bytes)).toEqual({ ok: true, command: json(bytes) })
})

test.each(names('events'))('the event %s parses to what was written', (name) => {
  const bytes = read('events', name)
  expect(parseEvent(bytes)).toEqual({ ok: true, event: json(bytes) })
})

test('an entry of the audit log parses to what was written', () => {
  const data = read('audit', 'entry')
  const entry = json(data)
  const subject = auditSubject('ten_01KAH2Z6W4V8D9Q3N5R7T1XYZA')
  expect(parseAuditEntry({ subject, data })).toEqual({ ok: true, entry })
  expect(parseAuditEntry({ subject: auditSubject('ten_another'), data })).toMatchObject({ ok: false })
})

const buckets: Record<string, z.ZodType> = {
  api_keys: apiKeyRecord,
  tenants: tenantRecord,
  'tenants.plan': tenantRecord,
  'tenants.operators': tenantRecord,
  members: memberRecord,
  support_accesses: supportAccessRecord,
  'sessions.config': sessionConfig,
  'sessions.state': sessionState,
  pairing: pairingRecord,
  'pairing.code': pairingRecord,
  'pairing.refusal': pairingRecord,
  idempotency: idempotencyRecord,
  session_keys: wrappedKey,
  leases: leaseRecord,
  workers: workerRecord,
  handovers: handoverRecord,
  worker_orders: workerOrder,
  failovers: failoverRecord,
  hosted: hostedRecord,
  pools: poolRecord,
  message_counts: messageCounts,
}

test('every bucket value has a fixture', () => {
  expect(names('buckets').toSorted()).toEqual(Object.keys(buckets).toSorted())
})

test.each(names('buckets'))('the bucket value %s parses to what was written', (name) => {
  const value = json(read('buckets', name))
  expect(buckets[name]?.parse(value)).toEqual(value)
})
