import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

/** The rows of a file, read by RFC 4180's rules alone. */
function read(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < text.length; ) {
    let cell = ''
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        cell += text[at]
        if (text[at] === '"') at++
      }
      at++
    } else while (at < text.length && text[at] !== ',' && text[at] !== '\r') cell += text[at++]
    row.push(cell)
    if (text[at] === ',') at++
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n')
      at += 2
      rows.push(row)
      row = []
    }
  }
  return rows
}

test('whatever is in a cell is there when the file is read', () => {
  const cell = fc.oneof(fc.integer(), fc.string(), fc.constantFrom('a,b', '"', 'one\r\ntwo', '', '=1+1', '@x', '-1'))
  const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 })
  const shown = (value: string | number) =>
    typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  fc.assert(
    fc.property(rows, (table) => {
      expect(read(csvOf(table))).toEqual(table.map((row) => row.map(shown)))
    }),
  )
})

test('text that a spreadsheet would run is only shown; numbers stay numbers', () => {
  expect(csvOf([['=HYPERLINK("http://x")', '+1', '@sum', -5]])).toBe(`"'=HYPERLINK(""http://x"")",'+1,'@sum,-5\r\n`)
})
