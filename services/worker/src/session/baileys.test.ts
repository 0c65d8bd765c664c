import { expect, test } from 'vitest'
import { readEnding } from './baileys.ts'

const boom = (statusCode: number, data?: unknown): unknown => ({ output: { statusCode }, data })

test('the code is the one that Baileys closed with, and 428 without one', () => {
  expect(readEnding(boom(440))).toEqual({ code: 440 })
  for (const error of [undefined, null, 'x', new Error('x'), { output: {} }])
    expect(readEnding(error)).toEqual({ code: 428 })
})

test('a temporary ban says how long, if WhatsApp does', () => {
  expect(readEnding(boom(402, { reason: '402', code: '101', expire: '7200' }))).toEqual({
    code: 402,
    bannedForMs: 7_200_000,
  })
  for (const data of [undefined, {}, { expire: '' }, { expire: '-5' }, { expire: 'soon' }])
    expect(readEnding(boom(402, data))).toEqual({ code: 402 })
  expect(readEnding(boom(403, { expire: '7200' }))).toEqual({ code: 403 })
})
