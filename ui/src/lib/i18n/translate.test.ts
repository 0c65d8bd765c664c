import { expect, test } from 'vitest'
import { loadCatalog } from './catalog.ts'
import { translator } from './translate.ts'

test('a phone number keeps its plus sign in front, in a text from right to left too', async () => {
  const t = translator('ar', await loadCatalog('ar'))
  expect(t('start.linked', { phone: '+999100200300' })).toContain('\u2066+999100200300\u2069')
  expect(t('start.title', { name: 'ليلى' })).not.toContain('\u2066')
})

test('what a person wrote is shown as it is', async () => {
  const t = translator('en', await loadCatalog('en'))
  expect(t('start.title', { name: '<b>&"' })).toBe('Welcome, <b>&"')
})

test.each([
  ['en', 1, '1 message'],
  ['en', 2, '2 messages'],
  ['ar', 3, '3 رسائل'],
] as const)('%s counts %i', async (language, count, text) => {
  const t = translator(language, await loadCatalog(language))
  expect(t('session.waiting', { count, number: String(count) }).replaceAll(/[\u2066\u2069]/g, '')).toBe(text)
})
