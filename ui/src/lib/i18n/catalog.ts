// The texts, an area of the dashboard per file. A language is one chunk, which browsers cache.
import type { Language } from './languages.ts'

export type Catalog = {
  app: typeof import('./catalog/en/app.json')
  common: typeof import('./catalog/en/common.json')
  confirm_email: typeof import('./catalog/en/confirm_email.json')
  fields: typeof import('./catalog/en/fields.json')
  forgot: typeof import('./catalog/en/forgot.json')
  reset: typeof import('./catalog/en/reset.json')
  roles: typeof import('./catalog/en/roles.json')
  second_factor: typeof import('./catalog/en/second_factor.json')
  sign_in: typeof import('./catalog/en/sign_in.json')
  sign_up: typeof import('./catalog/en/sign_up.json')
  start: typeof import('./catalog/en/start.json')
  shell: typeof import('./catalog/en/shell.json')
  nav: typeof import('./catalog/en/nav.json')
  session_status: typeof import('./catalog/en/session_status.json')
  verify_email: typeof import('./catalog/en/verify_email.json')
}

type Files = { files: Record<string, object> }
const languages: Record<Language, () => Promise<Files>> = {
  en: () => import('./catalog/en.ts'),
  es: () => import('./catalog/es.ts'),
  'pt-BR': () => import('./catalog/pt-BR.ts'),
  id: () => import('./catalog/id.ts'),
  ar: () => import('./catalog/ar.ts'),
}

export async function loadCatalog(language: Language): Promise<Catalog> {
  const { files } = await languages[language]()
  const areas = Object.entries(files).map(([path, texts]) => [
    path.slice(path.lastIndexOf('/') + 1, -'.json'.length),
    texts,
  ])
  return Object.fromEntries(areas) as Catalog
}
