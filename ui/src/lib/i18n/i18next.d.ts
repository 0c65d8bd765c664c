import type { Catalog } from './translate.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'ui'
    resources: { ui: Catalog }
  }
}
