// What a key or a token may do and reach, as requests say it.
import { z } from 'zod'

export const scopeList = <const Scope extends string>(allowed: readonly [Scope, ...Scope[]], example: NoInfer<Scope>) =>
  z
    .array(z.enum(allowed, { error: `Write one of ${allowed.join(', ')}.` }), {
      error: `Write a list of scopes, like ["${example}"].`,
    })
    .min(1, 'Name at least one scope.')
    .max(allowed.length, 'Name each scope once.')

/** Null for all. */
export const sessionIds = (most: number) =>
  z
    .array(z.string({ error: 'Write the id as text.' }).max(64, 'This is no id.'), {
      error: 'Write a list of session ids.',
    })
    .min(1, 'Name at least one session, or leave it out for all.')
    .max(most, `Name at most ${most} sessions.`)
    .nullable()
    .default(null)
