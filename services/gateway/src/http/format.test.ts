import { expect, test } from 'vitest'
import { formatOf } from './format.ts'

const offered = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' } as const

test.each([
  [undefined, 'json'],
  ['', 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['Application/JSON', 'json'],
  ['text/csv', 'csv'],
  ['text/csv;charset=utf-8', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['text/*', 'csv'],
  ['application/*', 'json'],
  ['text/csv, application/json', 'json'],
  ['text/csv, */*', 'csv'],
  ['text/csv, application/json;q=0.9', 'csv'],
  ['text/html, application/json;q=0.9, text/csv;q=0.8', 'json'],
  ['application/json;q=0, application/*', 'ndjson'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
])('Accept: %s is answered as %s', (accept, format) => {
  expect(formatOf(accept, offered, 'It comes')).toBe(format)
})

test.each(['image/png', 'text/html', 'text/csv;q=0', 'nonsense'])('Accept: %s is told what there is', (accept) => {
  expect(() => formatOf(accept, offered, 'It comes')).toThrow(
    'It comes as application/json or text/csv or application/x-ndjson: name one of them in Accept.',
  )
})
