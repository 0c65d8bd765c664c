import { expect, test } from 'vitest'
import { bytes, figure, tableLines } from './table.ts'

test('numbers stand under each other and nothing trails', () => {
  const lines = tableLines(
    [
      { title: 'part', align: 'left' },
      { title: 'ms', align: 'right' },
      { title: 'note', align: 'left' },
    ],
    [
      ['gateway', '1.25', 'met'],
      ['nats', '10.3'],
    ],
  )
  expect(lines).toEqual(['  part       ms  note', '  gateway  1.25  met', '  nats     10.3'])
})

test('a table without titles begins with its first row', () => {
  expect(tableLines([{ title: '', align: 'left' }], [['a'], ['b']])).toEqual(['  a', '  b'])
})

test('figures have about three digits', () => {
  expect([0.1234, 1.2345, 12.345, 123.45, 4321, Number.NaN].map(figure)).toEqual([
    '0.12',
    '1.23',
    '12.3',
    '123',
    '4321',
    '–',
  ])
})

test('bytes are told in their unit', () => {
  expect([512, 2_048, 5 * 1024 ** 2].map(bytes)).toEqual(['512 B', '2.00 KiB', '5.00 MiB'])
})
