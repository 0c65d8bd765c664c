// What the dashboard says in a language, from its own catalogues: a journey finds buttons and fields by the words that people see.
import { readFileSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'

export type Language = 'en' | 'es' | 'pt-BR' | 'ar' | 'id'
/** `sign_up.submit` is `submit` of the catalogue's file `sign_up.json`; further dots lead inside. */
export type Words = (key: string, values?: Record<string, string | number>) => string

type Texts = { [key: string]: string | Texts }

export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

export function wordsOf(language: Language): Words {
  const areas = new Map<string, Texts>()
  const areaOf = (name: string): Texts => {
    const known =
      areas.get(name) ?? JSON.parse(readFileSync(at(`ui/src/lib/i18n/catalog/${language}/${name}.json`), 'utf8'))
    areas.set(name, known)
    return known
  }
  return (key, values = {}) => {
    const [area = '', ...path] = key.split('.')
    const text = path.reduce<Texts | string | undefined>(
      (texts, step) => (typeof texts === 'object' ? texts[step] : undefined),
      areaOf(area),
    )
    if (typeof text !== 'string') throw new Error(`the catalogue of ${language} has no ${key}`)
    return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''))
  }
}
