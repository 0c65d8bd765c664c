import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyCommand } from './commands.ts'
import { eventTypes } from './events.ts'
import {
  commandSubject,
  commandsOfPartition,
  deadLetterSubject,
  eventSubject,
  eventsOfSession,
  eventsOfShard,
  eventsOfTenant,
  logSubject,
  noSession,
  parseCommandSubject,
  parseEventSubject,
  shardCount,
  shardOf,
  sharedPartitionOf,
  sharedPartitions,
} from './subjects.ts'

const token = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/)
const eventType = fc.constantFrom(...eventTypes)
const commandType = fc.constantFrom(...anyCommand.options.map((option) => option.shape.type.value))

/** NATS' own rule: `*` is one token, `>` one or more. */
function matches(pattern: string, subject: string): boolean {
  const [want, have] = [pattern.split('.'), subject.split('.')]
  for (const [i, part] of want.entries()) {
    if (part === '>') return have.length > i
    if (have[i] === undefined || (part !== '*' && part !== have[i])) return false
  }
  return want.length === have.length
}

test('a command subject comes back as what it was built from', () => {
  fc.assert(
    fc.property(token, token, token, commandType, (partition, tenantId, sessionId, type) => {
      const subject = commandSubject({ partition, tenantId, sessionId }, type)
      expect(parseCommandSubject(subject)).toEqual({ partition, tenantId, sessionId, type })
      expect(matches(commandsOfPartition(partition), subject)).toBe(true)
      expect(matches('cmd.>', subject)).toBe(true)
    }),
  )
})

test('an event subject comes back as what it was built from, and every wildcard finds it', () => {
  fc.assert(
    fc.property(token, token, eventType, (tenantId, sessionId, type) => {
      const address = { tenantId, sessionId }
      const subject = eventSubject(address, type)
      const shard = shardOf(sessionId)
      expect(parseEventSubject(subject)).toEqual({ ...address, shard, type })
      for (const pattern of [eventsOfShard(shard), eventsOfTenant(tenantId), eventsOfSession(address), 'evt.>'])
        expect(matches(pattern, subject)).toBe(true)
    }),
  )
})

test('the wildcard of one tenant never finds the events of another', () => {
  fc.assert(
    fc.property(token, token, token, eventType, (tenantId, other, sessionId, type) => {
      fc.pre(tenantId !== other)
      expect(matches(eventsOfTenant(tenantId), eventSubject({ tenantId: other, sessionId }, type))).toBe(false)
    }),
  )
})

const notTokens = fc.oneof(
  fc.constantFrom('', '.', '*', '>', 'a.b', 'a b', '99915550199@s.whatsapp.net', 'ü', 'x'.repeat(65), 'a\n'),
  fc.string().filter((text) => !/^[A-Za-z0-9_-]{1,64}$/.test(text)),
)

test('what is not one token gets into no subject', () => {
  fc.assert(
    fc.property(notTokens, (bad) => {
      const builders = [
        () => commandSubject({ partition: bad, tenantId: 't', sessionId: 's' }, 'message.send'),
        () => commandSubject({ partition: 's1', tenantId: bad, sessionId: 's' }, 'message.send'),
        () => commandSubject({ partition: 's1', tenantId: 't', sessionId: bad }, 'message.send'),
        () => commandsOfPartition(bad),
        () => eventSubject({ tenantId: bad, sessionId: 's' }, 'message.sent'),
        () => eventSubject({ tenantId: 't', sessionId: bad }, 'message.sent'),
        () => eventsOfShard(bad),
        () => eventsOfTenant(bad),
        () => eventsOfSession({ tenantId: bad, sessionId: 's' }),
        () => eventsOfSession({ tenantId: 't', sessionId: bad }),
        () => logSubject(bad),
        () => deadLetterSubject(bad, 'c'),
        () => deadLetterSubject('S', bad),
      ]
      for (const build of builders) expect(build).toThrow(RangeError)
    }),
  )
})

test('anything else is parsed to undefined, never to a wrong address', () => {
  const segment = fc.constantFrom('cmd', 'evt', 's1', '3', 't', 'message', 'sent', 'send', '')
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 8 }), (segments) => {
      const subject = segments.join('.')
      const [command, event] = [parseCommandSubject(subject), parseEventSubject(subject)]
      if (command) expect(segments).toHaveLength(6)
      if (event) expect(`${segments[4]}.${segments[5]}`).toBe(event.type)
      expect(command && event).toBeUndefined()
    }),
  )
  expect(parseEventSubject('evt.1.t.s.message.sent_v2')).toBeUndefined()
})

test('a tenant-level subject has the empty session in its place', () => {
  expect(
    parseCommandSubject(commandSubject({ partition: 's1', tenantId: 't', sessionId: noSession }, 'session.create')),
  ).toMatchObject({ sessionId: '_' })
})

test('shards and partitions are in range and the same for ever', () => {
  fc.assert(
    fc.property(token, fc.integer({ min: 1, max: 1_024 }), (sessionId, partitions) => {
      expect(Number(shardOf(sessionId))).toBeLessThan(shardCount)
      expect(sharedPartitions(partitions)).toContain(sharedPartitionOf(sessionId, partitions))
    }),
  )
  // Stored logs and events are found by these numbers: a change would orphan them.
  expect(shardOf('ses_01KAGK889080XT8V9YP8V7T3ZA')).toBe('0')
  expect(sharedPartitionOf('ses_01KAGK889080XT8V9YP8V7T3ZA', 64)).toBe('s55')
})

test('sessions spread over shards and partitions, and the two are independent', () => {
  const counts = new Map<string, number>()
  const sessions = 64 * 16 * 50
  for (let n = 0; n < sessions; n++) {
    const session = `ses_${n.toString(32).padStart(26, '0')}`
    const cell = `${shardOf(session)}/${sharedPartitionOf(session, 64)}`
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  expect(counts.size).toBe(64 * 16)
  expect(Math.max(...counts.values())).toBeLessThan(50 * 3)
})
