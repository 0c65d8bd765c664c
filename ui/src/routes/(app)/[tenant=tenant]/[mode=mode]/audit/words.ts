// What was done, in words; an action that this version does not know is shown as it is recorded.
import type { Translate } from '#lib/i18n/translate.ts'
import { type Action, actions } from './filters.ts'

type Underlined<Name extends string> = Name extends `${infer Entity}.${infer Past}` ? `${Entity}_${Past}` : never

const isKnown = (action: string): action is Action => actions.some((known) => known === action)

export const inWords = (action: string, t: Translate): string =>
  isKnown(action) ? t(`audit_action.${action.replace('.', '_') as Underlined<Action>}`) : action
