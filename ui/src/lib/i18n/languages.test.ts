import { expect, test } from 'vitest'
import { preferredLanguage } from './languages.ts'

test('a browser gets the language that it wants most of those that there are', () => {
  expect(preferredLanguage('es-MX,es;q=0.9,en;q=0.8')).toBe('es')
  expect(preferredLanguage('de;q=0.9, ar-EG;q=0.7, en;q=0.5')).toBe('ar')
  expect(preferredLanguage('pt-PT')).toBe('pt-BR')
  expect(preferredLanguage('en;q=0, id;q=0.1')).toBe('id')
  expect(preferredLanguage('fr')).toBe('en')
  expect(preferredLanguage(null)).toBe('en')
  expect(preferredLanguage(';;q=x,,')).toBe('en')
})
