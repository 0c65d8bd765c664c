import { expect, test } from 'vitest'
import { createScreen } from './screen.ts'
import { columnsOf } from './text.ts'

function record(options: { columns?: number; colour?: boolean; live?: boolean } = {}) {
  const written: string[] = []
  const screen = createScreen({
    columns: 80,
    colour: false,
    live: false,
    ...options,
    write: (text) => written.push(text),
  })
  return { screen, text: () => written.join('') }
}

test('every line of the timeline fits 80 columns, whatever it says', () => {
  const { screen, text } = record()
  screen.head()
  screen.line({ ms: 123_456, where: 'webhook', what: 'message.received', detail: `“${'你好 '.repeat(60)}”` })
  screen.line({ ms: 0, where: 'admin', what: 'tenant create', detail: 'ten_01KAH2Z6W4V8D9Q3N5R7T1XYZC' })
  for (const line of text().split('\n')) expect(columnsOf(line)).toBeLessThanOrEqual(80)
})

test('the columns stand under each other', () => {
  const { screen, text } = record()
  screen.line({ ms: 7, where: 'api', what: 'POST /v1/sessions', detail: 'ses_1' })
  screen.line({ ms: 1_207, where: 'event', what: 'message.delivered', detail: 'msg_1' })
  const [first = '', second = ''] = text().split('\n')
  expect(first.indexOf('ses_1')).toBe(second.indexOf('msg_1'))
  expect(first.indexOf('api')).toBe(second.indexOf('event'))
  expect(second).toMatch(/^ +1,207 {2}event/)
})

test('without colour and without a terminal nothing but text is written', () => {
  const { screen, text } = record()
  screen.wait('api', 'POST /v1/sessions')
  screen.line({ ms: 1, where: 'api', what: 'POST /v1/sessions', detail: 'ses_1' })
  screen.entry('key', screen.paint('wgk_test_x', 'bold'))
  expect(text()).not.toContain('\u001B')
  expect(text().split('\n')).toHaveLength(3)
})

test('on a terminal the line that is waited for is replaced by its outcome', () => {
  const { screen, text } = record({ live: true, colour: true })
  screen.wait('event', 'session.connected')
  screen.line({ ms: 900, where: 'event', what: 'session.connected' })
  const [waiting, outcome] = text().split('\r\u001B[2K')
  expect(waiting).toContain('…')
  expect(outcome).toMatch(/900.*event.*session\.connected.*\n$/)
})
