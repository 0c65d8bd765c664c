import { z } from 'zod'

/**
 * Text that people write: whole characters (no half of a surrogate pair) and no NUL, which neither WhatsApp nor Postgres
 * can hold. Lengths in UTF-16 code units; `sentence` is for what is not text.
 */
export const text = (rule: { min: number; max: number; sentence: string }) =>
  z
    .string({ error: rule.sentence })
    .min(rule.min, `Write at least ${rule.min} character${rule.min === 1 ? '' : 's'}.`)
    .max(rule.max, `Use at most ${rule.max} characters.`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      error: 'Remove characters that are not text: NUL, or half of a surrogate pair.',
    })
