// The simulation would notice: each of these breaks one promise of the code, and must be found.
import { expect, test } from 'vitest'
import { publishEvent } from '../engine/deps.ts'
import { findFailure, seedsFrom } from '../fakes/simulation/find.ts'
import type { OwnerParts } from '../fakes/simulation/owner.ts'
import { runSession } from '../fakes/simulation/session-run.ts'
import { createGate } from './gate.ts'

Error.stackTraceLimit = 0

type Broken = { what: string; parts: () => Partial<OwnerParts>; found: RegExp }

const broken: Broken[] = [
  {
    what: 'an owner that does not see that it was followed',
    parts: () => ({
      logBroker: (real) => ({
        ...real,
        publish: async (bytes, options) => {
          try {
            return await real.publish(bytes, options)
          } catch (error) {
            if (real.classify(error) !== 'conflict') throw error
            const last = await real.last()
            return real.publish(bytes, { ...options, expectedLastSubjectSequence: last?.seq ?? 0 })
          }
        },
      }),
    }),
    found: /stored after the CLAIM|position|was claimed after/,
  },
  {
    what: 'an append that is taken for stored before it is',
    parts: () => ({
      logBroker: (real) => ({
        ...real,
        publish: async (bytes, options) => {
          const { expectedLastSubjectSequence: expected } = options
          return real.publish(bytes, options).catch(() => ({ seq: expected + 1 }))
        },
      }),
    }),
    found: /was stored|never|gap|before|is not what the log says/,
  },
  {
    what: 'a gate that lets frames through at once',
    parts: () => ({
      createGate: (log) => {
        const gate = createGate(log)
        return { ...gate, pass: (send) => send() }
      },
    }),
    found: /left before its (INTENT|ratchet) was stored|receipted before it was stored/,
  },
  {
    what: 'a resend under another id',
    parts: () => {
      let sent = 0
      return {
        waMessageId: (id) => {
          sent += 1
          return `${id}-${sent}`
        },
      }
    },
    found: /was shown \d times|is nobody's/,
  },
  {
    what: 'a command that is acknowledged before it is stored',
    parts: () => ({
      handle: async (session, command) => {
        void session.handle(command).catch(() => {})
        return 'done'
      },
    }),
    found: /ended 0 times: never/,
  },
  {
    what: 'an event that is given up when the broker does not answer',
    parts: () => ({ publishEvent: (...event) => publishEvent(...event).catch(() => {}) }),
    found: /was never published|not settled/,
  },
  {
    what: 'events under ids of their own',
    parts: () => {
      let published = 0
      return {
        publishEvent: (engine, config, event) => {
          published += 1
          return publishEvent(engine, config, { ...event, id: `${event.id}${published}` })
        },
      }
    },
    found: /before its record was stored|never published/,
  },
  {
    what: 'a purge that goes further than the snapshot before the newest',
    parts: () => ({ keeping: (real) => ({ ...real, purge: (beforeSeq) => real.purge(beforeSeq + 4) }) }),
    found: /not settled|nobody could take over|are not what the whole log said/,
  },
  {
    what: 'a snapshot that is taken for stored before it is',
    parts: () => ({
      keeping: (real) => ({ ...real, snapshots: { ...real.snapshots, put: async () => {} } }),
    }),
    found: /not settled|nobody could take over/,
  },
]

test.each(broken)('$what is found, and its plan becomes small', { timeout: 60_000 }, async ({ parts, found }) => {
  const failure = await findFailure(seedsFrom(1, 500), (plan) => runSession(plan, { broken: parts() }))
  expect(failure?.violations.join('\n')).toMatch(found)
  expect(failure?.plan.steps.length).toBeLessThan(20)
})
