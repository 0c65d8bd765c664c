import { expect, test } from 'vitest'
import { drawQr } from './qr.ts'
import { columnsOf } from './text.ts'

/** As long as the strings that WhatsApp Web shows: a reference and three keys. */
const linking = `2@${'r'.repeat(90)},${'k'.repeat(44)},${'k'.repeat(44)},${'k'.repeat(44)}`

test.each([true, false])('a linking code fits 80 columns (colour: %s)', async (colour) => {
  const lines = await drawQr(linking, colour)
  const widths = new Set(lines.map(columnsOf))
  expect(widths.size).toBe(1)
  expect([...widths][0]).toBeLessThanOrEqual(78)
})

test('without colours nothing but blocks is drawn', async () => {
  expect((await drawQr('hello', false)).join('')).toMatch(/^[ █▀▄]+$/)
})
