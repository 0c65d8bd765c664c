// How the last try of one form of several on a page went: what `act` of `server/act.ts` answered.
import type { FormProblem } from '#lib/server/problem.ts'

export type Told =
  | {
      done?: string | undefined
      form?: string | undefined
      problem?: FormProblem | undefined
      values?: Record<string, string> | undefined
    }
  | null
  | undefined

export const problemIn = (told: Told, form: string): FormProblem | undefined =>
  told?.form === form ? told.problem : undefined

export const valueIn = (told: Told, form: string, field: string): string | undefined =>
  told?.form === form ? told.values?.[field] : undefined

export const isDone = (told: Told, form: string): boolean => told?.done === form
