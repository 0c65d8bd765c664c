// Texts by key, in the language of the request.
import { createInstance, type TFunction } from 'i18next'
import { createContext } from 'svelte'
import type { Catalog } from './catalog.ts'
import { type Language, languages } from './languages.ts'

export type Translate = TFunction<'ui'>

/** A phone number, an address or an id, in Unicode's marks for a piece that runs from left to right. */
const isolated = (text: string): string => (/^[+\d]|@|_/.test(text) ? `\u2066${text}\u2069` : text)

export function translator(language: Language, catalog: Catalog): Translate {
  const instance = createInstance({
    ...{ lng: language, ns: 'ui', defaultNS: 'ui', resources: { [language]: { ui: catalog } } },
    initAsync: false,
    // Svelte escapes what it shows; this only keeps numbers from being turned around within a text that runs from right to left.
    interpolation: { escapeValue: languages[language].dir === 'rtl', escape: isolated },
  })
  void instance.init()
  return instance.getFixedT(language, 'ui')
}

export const [useTranslate, provideTranslate] = createContext<Translate>()
