import { expect, test } from 'vitest'
import { filtersOf } from './filters.ts'

const of = (query: string) => filtersOf(new URLSearchParams(query))

test('days are meant whole, the last one too', () => {
  expect(of('from=2026-11-01&to=2026-11-30')).toEqual({
    since: '2026-11-01T00:00:00.000Z',
    until: '2026-12-01T00:00:00.000Z',
  })
})

test('empty fields, days that do not exist and unknown actions look for nothing', () => {
  expect(of('actor=&action=&from=&to=')).toEqual({})
  expect(of('action=everything.done&from=2026-13-40&to=tomorrow')).toEqual({})
  expect(of('action=api_key.created&actor=%20per_1')).toEqual({ action: 'api_key.created', actor: 'per_1' })
})
