// docs/plans.md shows the plans as they are.
import { readFileSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'
import { type Plan, planNames, plans } from '@wagate/messages/plans.ts'
import { expect, test } from 'vitest'

const count = (number: number): string => number.toLocaleString('en')
const gibibytes = (bytes: number): string => `${count(bytes / 1024 ** 3)} GiB`

const rows: [string, (plan: Plan) => string][] = [
  ['', ({ title }) => title],
  ['Price a month', ({ monthlyPrice }) => (monthlyPrice === null ? 'by agreement' : `$${monthlyPrice}`)],
  ['Live sessions', ({ limits }) => count(limits.liveSessions)],
  ['Sandbox sessions', ({ limits }) => count(limits.sandboxSessions)],
  ['Sandbox phones', ({ limits }) => count(limits.sandboxPhones)],
  ['Messages a minute', ({ limits }) => count(limits.messagesPerMinute)],
  ['Messages a month', ({ limits }) => count(limits.messagesPerMonth)],
  ['Test messages a minute', ({ limits }) => count(limits.testMessagesPerMinute)],
  ['Members', ({ limits }) => count(limits.members)],
  ['API keys of a mode', ({ limits }) => count(limits.apiKeys)],
  ['Webhook endpoints of a mode', ({ limits }) => count(limits.webhookEndpoints)],
  ['Stored media', ({ limits }) => gibibytes(limits.mediaBytes)],
  ['Messages are kept', ({ limits }) => `${limits.retentionDays} days`],
  ['Workers', ({ pool }) => (pool === 'dedicated' ? 'its own' : 'shared')],
  ['Promised availability', ({ slaPercent }) => (slaPercent === null ? '–' : `${slaPercent} %`)],
]

test('docs/plans.md has the table that the plans make', () => {
  const [head = '', ...body] = rows.map(([name, cell]) =>
    ['|', [name, ...planNames.map((plan) => cell(plans[plan]))].join(' | '), '|'].join(' ').replace(/^\|\s+\|/, '| |'),
  )
  const table = [head, '|---|---|---|---|---|', ...body].join('\n')
  expect(readFileSync(at('docs/plans.md'), 'utf8')).toContain(table)
})
