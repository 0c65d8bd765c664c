import type { Language } from '#lib/i18n/languages.ts'
import type { Theme } from '#lib/theme.ts'

declare global {
  namespace App {
    interface Locals {
      language: Language
      theme: Theme
      /** Where the person is, as the browser told last time. */
      timeZone: string
      /** Of the sign-in, from the cookie; nobody has checked it yet. */
      sessionToken: string | undefined
      /** In the account whose pages these are, once it was needed; the gateway checks it at each call. */
      accountToken?: Promise<string>
    }
    interface Error {
      message: string
      /** Of a problem of the API. */
      code?: string
      detail?: string
    }
  }
}
