import type { Language } from '#lib/i18n/languages.ts'
import type { Theme } from '#lib/theme.ts'

declare global {
  namespace App {
    interface Locals {
      language: Language
      theme: Theme
      /** Of the sign-in, from the cookie; nobody has checked it yet. */
      sessionToken: string | undefined
    }
  }
}
