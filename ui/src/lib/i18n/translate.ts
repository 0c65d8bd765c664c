// Texts by key, in the language of the request. Each page load brings one catalogue, as a file of its own that browsers cache.
import { createInstance, type TFunction } from 'i18next'
import { createContext } from 'svelte'
import type { Language } from './languages.ts'

export type Catalog = typeof import('./catalog/en.json')
export type Translate = TFunction<'ui'>

const catalogs = import.meta.glob<{ default: Catalog }>('./catalog/*.json')

export async function loadCatalog(language: Language): Promise<Catalog> {
  const load = catalogs[`./catalog/${language}.json`]
  if (!load) throw new Error(`there is no catalogue for ${language}`)
  return (await load()).default
}

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
