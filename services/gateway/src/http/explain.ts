// Zod's issues → sentences that say what to change. Sentences come from the schemas where those give one.
import type { z } from 'zod'
import type { FieldError } from './problem.ts'

const maxErrors = 20

/** Field errors of a failed parse; values are never quoted. */
export function explain(error: z.ZodError, input: unknown): FieldError[] {
  return error.issues.flatMap((issue) => sentences(issue, input)).slice(0, maxErrors)
}

function sentences(issue: z.core.$ZodIssue, input: unknown): FieldError[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      message: 'This field is not known here: remove it.',
    }))
  return [
    { path: path.join('.'), message: isMissing(issue, input) ? 'This field is missing: add it.' : sentence(issue) },
  ]
}

const wanted: Record<string, string> = { object: 'an object', array: 'a list', string: 'text', number: 'a number' }

/** The schema's own sentence; where it has none, zod's words would be for programmers. */
function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || !issue.message.startsWith('Invalid input')) return issue.message
  if (issue.path.length === 0) return 'Send a JSON object as the body.'
  return `Write ${wanted[issue.expected] ?? 'another kind of value'} here.`
}

function isMissing(issue: z.core.$ZodIssue, input: unknown): boolean {
  if (issue.path.length === 0) return false
  let value = input
  for (const step of issue.path) {
    if (typeof value !== 'object' || value === null) return false
    value = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined
  }
  return value === undefined
}

/** One sentence for `detail`: the first error, and how many more there are. */
export function summary(errors: FieldError[]): string {
  const [first, ...more] = errors
  if (!first) return 'The request does not fit its schema.'
  const where = first.path === '' ? '' : `${first.path}: `
  return `${where}${first.message}${more.length > 0 ? ` (and ${more.length} more, see errors)` : ''}`
}
