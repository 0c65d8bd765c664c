// What the dashboard says in a language, from its own catalogues: a journey finds buttons and fields by the words that people see.
import { readFileSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'

export type Language = 'en' | 'es' | 'pt-BR' | 'ar' | 'id'
/** `sign_up.submit` is `submit` of the catalogue's file `sign_up.json`. */
export type Words = (key: string, values?: Record<string, string | number>) => string

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

export function wordsOf(language: Language): Words {
  const areas = new Map<string, Record<string, string>>()
  const areaOf = (name: string): Record<string, string> => {
    const known =
      areas.get(name) ?? JSON.parse(readFileSync(at(`ui/src/lib/i18n/catalog/${language}/${name}.json`), 'utf8'))
    areas.set(name, known)
    return known
  }
  return (key, values = {}) => {
    const [area = '', word = ''] = key.split('.', 2)
    const text = areaOf(area)[word]
    if (text === undefined) throw new Error(`the catalogue of ${language} has no ${key}`)
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}
