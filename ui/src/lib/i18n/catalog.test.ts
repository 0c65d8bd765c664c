import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { languageCodes } from './languages.ts'

const folder = join(import.meta.dirname, 'catalog')
const read = (code: string): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(join(folder, `${code}.json`), 'utf8'))
const texts = (code: string): [string, string][] =>
  Object.entries(read(code)).flatMap(([group, entries]) =>
    Object.entries(entries).map(([key, text]): [string, string] => [`${group}.${key}`, text]),
  )
const placeholders = (text: string): string[] => [...text.matchAll(/\{\{\w+\}\}/g)].map(([found]) => found).toSorted()

test('there is a catalogue for each language and no other', () => {
  expect(readdirSync(folder).toSorted()).toEqual(languageCodes.map((code) => `${code}.json`).toSorted())
})

test.each(languageCodes)('%s has every text, with the same placeholders', (code) => {
  const english = new Map(texts('en'))
  const own = texts(code)
  expect(own.map(([key]) => key)).toEqual([...english.keys()])
  for (const [key, text] of own) {
    expect(text.trim(), key).not.toBe('')
    expect(placeholders(text), key).toEqual(placeholders(english.get(key) ?? ''))
  }
})
