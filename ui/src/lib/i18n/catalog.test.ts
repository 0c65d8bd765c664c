import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { languageCodes } from './languages.ts'

type Texts = { [key: string]: string | Texts }

const folder = join(import.meta.dirname, 'catalog')
const areas = readdirSync(join(folder, 'en')).toSorted()
const flat = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, text]): [string, string][] =>
    typeof text === 'string' ? [[path + key, text]] : flat(text, `${path}${key}.`),
  )
const read = (code: string, area: string): Map<string, string> =>
  new Map(flat(JSON.parse(readFileSync(join(folder, code, area), 'utf8')) as Texts))
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([found]) => found).toSorted()

const plural = /_(zero|one|two|few|many|other)$/
/** What a language has to have for the English text under this key: itself, or a form for each kind of number that it knows. */
const keysFor = (code: string, key: string): string[] =>
  plural.test(key)
    ? new Intl.PluralRules(code)
        .resolvedOptions()
        .pluralCategories.filter((kind) => kind !== 'many' || code === 'ar')
        .map((kind) => key.replace(plural, `_${kind}`))
    : [key]

test('there is a catalogue for each language and no other', () => {
  const entries = languageCodes.flatMap((code) => [code, `${code}.ts`])
  expect(readdirSync(folder).toSorted()).toEqual(entries.toSorted())
})

describe.each(languageCodes)('%s', (code) => {
  test('has every area', () => {
    expect(readdirSync(join(folder, code)).toSorted()).toEqual(areas)
  })

  test.each(areas)('%s: every text, with the same placeholders', (area) => {
    const english = read('en', area)
    const own = read(code, area)
    const wanted = [...new Set([...english.keys()].flatMap((key) => keysFor(code, key)))]
    expect([...own.keys()].toSorted()).toEqual(wanted.toSorted())
    for (const [key, text] of own) {
      expect(text.trim(), key).not.toBe('')
      const of = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? ''
      const missing = placeholders(of).filter((name) => !placeholders(text).includes(name))
      // A form for exactly one, or two, may say it in words.
      expect(
        missing.filter((name) => name !== '{{count}}' || !/_(zero|one|two)$/.test(key)),
        key,
      ).toEqual([])
      expect(
        placeholders(text).filter((name) => !placeholders(of).includes(name)),
        key,
      ).toEqual([])
    }
  })
})
