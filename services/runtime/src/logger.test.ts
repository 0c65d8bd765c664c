import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

function capture(level?: 'info' | 'debug') {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, logger: createLogger({ service: 'worker', version: '1.2.3', level: level ?? 'info', destination }) }
}

test('a line names service, version, level and time', () => {
  const { lines, logger } = capture()
  logger.info({ event: 'message.handled', durationMs: 3 })
  expect(lines[0]).toMatchObject({
    level: 'info',
    service: 'worker',
    version: '1.2.3',
    event: 'message.handled',
    durationMs: 3,
  })
  expect(Date.parse(String(lines[0]?.time))).toBeGreaterThan(0)
})

test.each(['text', 'body', 'qr', 'token', 'password', 'authorization', 'phone', 'creds', 'content'])(
  'a field called %s is censored at the top and one level down',
  (field) => {
    const { lines, logger } = capture()
    logger.info({ [field]: 'not for the log', data: { [field]: 'not for the log' } })
    expect(JSON.stringify(lines)).not.toContain('not for the log')
  },
)

test('a child keeps its fields and the censorship', () => {
  const { lines, logger } = capture()
  logger.child({ tenantId: 'ten_1' }).warn({ secret: 'x' })
  expect(lines[0]).toMatchObject({ level: 'warn', tenantId: 'ten_1', secret: '[redacted]' })
})

test('an error is written with its cause', () => {
  const { lines, logger } = capture()
  logger.error({ err: new Error('outer', { cause: new Error('inner') }) })
  expect(JSON.stringify(lines[0])).toContain('inner')
})
