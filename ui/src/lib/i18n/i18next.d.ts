import type { Catalog } from './catalog.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui'
    resources: { ui: Catalog }
  }
}
