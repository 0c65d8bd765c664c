// Texts by key, in the language of the request.
import { createInstance, type TFunction } from 'i18next'
import { createContext } from 'svelte'
import type { Catalog } from './catalog.ts'
import type { Language } from './languages.ts'

export type Translate = TFunction<'ui'>

export function translator(language: Language, catalog: Catalog): Translate {
  const instance = createInstance({
    ...{ lng: language, ns: 'ui', defaultNS: 'ui', resources: { [language]: { ui: catalog } } },
    initAsync: false,
    // Svelte escapes what it shows.
    interpolation: { escapeValue: false },
  })
  void instance.init()
  return instance.getFixedT(language, 'ui')
}

export const [useTranslate, provideTranslate] = createContext<Translate>()
