import { recordset } from '../recordset.ts'
import type { Words, WordsRow } from './project.ts'

const type = '(tenant_id text, message_id text, created_at timestamptz, session_id text, words text[])'

export const wordRows = (words: Words): WordsRow[] => [...words.values()]

/** Adds rows to `message_words`: `wordRows`. */
export const writeWords = (parameter: number): string =>
  `insert into message_words (tenant_id, message_id, created_at, session_id, words)
   select r.tenant_id, r.message_id, r.created_at, r.session_id, array_to_tsvector(r.words) from ${recordset(type, parameter)}
   on conflict (tenant_id, created_at, message_id) do nothing`
